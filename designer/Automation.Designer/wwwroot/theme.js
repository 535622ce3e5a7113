// The theme of a page: what the person chose, else the browser's. Kept in a cookie, so that the next page is drawn right from the start.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const set = theme => { root.dataset.theme = theme; return theme; };
  if (!root.dataset.theme) set(dark.matches ? "dark" : "light");
  window.automationTheme = {
    use(chosen) {
      if (chosen !== "dark" && chosen !== "light") return set(dark.matches ? "dark" : "light");
      document.cookie = `automation_theme=${chosen}; path=/; max-age=31536000; samesite=strict`;
      return set(chosen);
    },
  };
})();
