/* Passkeys (Web Authentication): asks the browser for one and puts its answer into a form.
   <form data-passkey="create|get"> has a hidden field "credential"; the options come from
   the JSON element that data-options names, or from the address in data-options-url. */
(() => {
  "use strict";
  const PROBLEMS = {
    InvalidStateError: "This key is registered already.",
    NotAllowedError: "Nothing happened: the browser was told to stop, or it took too long.",
    NotSupportedError: "This device has no passkey of the kind that is needed.",
    SecurityError: "Passkeys need a site with https:// and a host name.",
  };

  function bytes(text) {
    const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    const letters = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  // Names whose values are bytes, as base64url in JSON.
  function decode(options) {
    const known = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));
    return {
      ...options,
      challenge: bytes(options.challenge),
      ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
      ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
      ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
    };
  }

  function encode(credential) {
    const { response } = credential;
    const parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    if (response.getTransports) parts.transports = response.getTransports();
    return {
      type: credential.type,
      id: credential.id,
      rawId: text(credential.rawId),
      authenticatorAttachment: credential.authenticatorAttachment,
      response: parts,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  async function options(form) {
    if (form.dataset.options) {
      return JSON.parse(document.getElementById(form.dataset.options).textContent);
    }
    const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    return (await answer.json()).request_options;
  }

  async function ask(form) {
    const publicKey = decode((await options(form)).publicKey);
    if (form.dataset.passkey === "get") return navigator.credentials.get({ publicKey });
    const alone = form.elements.passwordless?.checked ?? false;
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone && { userVerification: "required" }),
    };
    return navigator.credentials.create({ publicKey });
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const problem = form.querySelector("[data-passkey-problem]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        if (!window.PublicKeyCredential) throw new DOMException("", "SecurityError");
        form.elements.credential.value = JSON.stringify(encode(await ask(form)));
        form.submit();
      } catch (error) {
        problem.textContent = PROBLEMS[error.name] ?? "That did not work. Reload the page and try again.";
        problem.hidden = false;
      }
    });
  });
})();
