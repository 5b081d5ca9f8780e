/* Small behaviours of every page. No dependency; all works, plainer, without them. */
(() => {
  "use strict";
  const FIELDS = /^(INPUT|TEXTAREA|SELECT)$/;
  const all = (selector) => document.querySelectorAll(selector);
  const closest = (event, selector) => event.target.closest?.(selector);

  function say(text) {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  }

  // Menus are <details class="menu">: a click outside, Escape or leaving closes them.
  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("focusout", (event) => {
    const menu = closest(event, "details.menu[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // "/" goes to the search box: the page's own, else that of the navigation bar.
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (FIELDS.test(target.tagName) || target.isContentEditable) return;
    const box = ["[data-search-main]", "#searchbar", "[data-search]"]
      .map((selector) => document.querySelector(selector))
      .find((element) => element);
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // The menu of narrow screens.
  const burger = document.querySelector("[data-nav-toggle]");
  burger?.addEventListener("click", () => {
    const isOpen = burger.getAttribute("aria-expanded") !== "true";
    burger.setAttribute("aria-expanded", isOpen);
    document.getElementById("app-nav-body").classList.toggle("is-open", isOpen);
  });

  // The theme, a radio group in the person's menu.
  all("[data-theme-set]").forEach((radio) => {
    radio.checked = radio.value === window.appTheme.choice();
    radio.addEventListener("change", () => window.appTheme.set(radio.value));
  });

  // The time zone of a person who has none yet, once.
  const zone = document.querySelector("form[data-detect-zone]");
  if (zone) {
    zone.elements.time_zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    fetch(zone.action, { method: "POST", body: new FormData(zone) }).catch(() => {});
  }

  // Copy buttons. Browsers have a clipboard only over HTTPS and on localhost.
  document.addEventListener("click", async (event) => {
    const button = closest(event, "[data-copy]");
    if (!button || !navigator.clipboard) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("is-done");
    say("Copied");
    setTimeout(() => button.classList.remove("is-done"), 1500);
  });
  if (!navigator.clipboard) all("[data-copy]").forEach((button) => { button.hidden = true; });

  document.addEventListener("click", (event) => {
    if (closest(event, "[data-print]")) window.print();
  });

  // The mark of a chart under the pointer is read out in the line above it.
  document.addEventListener("pointerover", (event) => {
    const mark = closest(event, "[data-read]");
    const line = mark?.closest("figure")?.querySelector("[data-readout]");
    if (line) line.textContent = mark.dataset.read;
  });

  // What takes a while says so, and cannot be asked for twice.
  document.addEventListener("submit", (event) => {
    const label = event.submitter?.querySelector("[data-busy]");
    if (!label) return;
    // After the submission: the name of a disabled button would not be sent.
    setTimeout(() => {
      label.dataset.idle = label.textContent;
      label.textContent = label.dataset.busy;
      event.submitter.disabled = true;
      say(label.dataset.busy);
    });
  });
  // Back in history, a browser may show the page as it was left.
  window.addEventListener("pageshow", () => {
    all("[data-idle]").forEach((label) => {
      label.textContent = label.dataset.idle;
      label.closest("button").disabled = false;
    });
  });

  // Search forms leave empty fields out of the address.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-tidy]")) return;
    for (const [name, value] of [...event.formData]) {
      if (!value) event.formData.delete(name);
    }
  });

  // Lists that htmx renews say how much was found.
  document.addEventListener("htmx:after:swap", () => {
    const found = document.querySelector("[data-found]");
    if (found) say(found.textContent.trim());
  });
})();
