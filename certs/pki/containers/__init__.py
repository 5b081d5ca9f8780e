"""Files that hold more than certificates: PKCS#7, PKCS#12, Java keystores."""
