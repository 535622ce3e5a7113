// Keys of a whole page: told to its component wherever the focus is, but for those that belong to a field while one is written in.
// This script listens before its component does: a key that comes while a page that takes keys is still opening waits for it.
(() => {
  const OfFields = new Set(["KeyZ", "KeyY", "KeyJ", "KeyT", "KeyV", "Slash", "Escape"]);
  const pressed = [];
  let told = null;

  // A list that is open is closed first, then the panel around it.
  const lists = element => element.matches('[role="combobox"][aria-expanded="true"]');
  const writes = element => element?.closest?.("input, textarea, select, [contenteditable=true]") != null;

  function tell(component, [code, shift]) {
    component.invokeMethodAsync("Pressed", code, shift).catch(() => {});
  }

  document.addEventListener("keydown", event => {
    if (!document.querySelector("[data-page-keys]")) return;
    const control = event.ctrlKey || event.metaKey;
    const wanted =
      (control && event.code === "KeyK") || (control && event.code === "KeyS") || (control && event.code === "Enter") || (control && event.code === "KeyV" && !event.target.closest?.(".flow-panel")) || (control && (event.code === "KeyZ" || event.code === "KeyY")) ||
      (!control && !event.altKey && (event.code === "KeyJ" || event.key === "?" || event.code === "Escape"));
    if (!wanted || event.defaultPrevented) return;
    const code = event.key === "?" ? "Slash" : event.code;
    if (writes(event.target) && OfFields.has(code) && !(code === "Escape" && event.target.closest(".flow-panel") && !lists(event.target))) return;
    if (document.querySelector(".mud-dialog-container") && code !== "KeyK") return;
    event.preventDefault();
    const key = [code, event.shiftKey];
    if (told) tell(told, key); else pressed.push(key);
  });

  window.automationKeys = {
    attach(component) {
      told = component;
      pressed.splice(0).forEach(key => tell(component, key));
      return {
        detach() {
          if (told === component) told = null;
        }
      };
    }
  };
})();
