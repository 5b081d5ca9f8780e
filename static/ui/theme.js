/* Loaded in <head>, not deferred, so that no page flashes in the wrong theme.
   One preference ("theme" in localStorage, the key that Django's admin uses too) drives
   two attributes: data-bs-theme (Bootstrap) and data-theme (the admin). */
(() => {
  "use strict";
  const root = document.documentElement;
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

  // A browser's own choice, else the person's, else the system's. Storage may be forbidden.
  function choice() {
    const usual = document.querySelector('meta[name="theme"]')?.content || "auto";
    try {
      return localStorage.getItem("theme") || usual;
    } catch {
      return usual;
    }
  }

  function set(value) {
    try {
      localStorage.setItem("theme", value);
    } catch {
      // Nothing is kept, and nothing breaks.
    }
    apply();
  }

  function apply() {
    const system = prefersDark.matches ? "dark" : "light";
    const theme = choice() === "auto" ? system : choice();
    root.dataset.bsTheme = theme;
    root.dataset.theme = theme;
  }

  apply();
  root.classList.add("js");
  prefersDark.addEventListener("change", apply);
  window.addEventListener("storage", (event) => {
    if (event.key === "theme") apply();
  });
  window.appTheme = { choice, set };
})();
