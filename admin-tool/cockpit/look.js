/*
 * The look of the shell around the page: light or dark as it is set there, square as before version 329 or round.
 */
const cockpit = window.cockpit;
const ROUND_SINCE = 329;
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

function paint(style) {
    const chosen = style || localStorage.getItem("shell:style") || "auto";
    const dark = chosen === "dark" || (chosen === "auto" && prefersDark.matches);
    document.documentElement.classList.toggle("dark", dark);
}

export function dress() {
    document.documentElement.classList.toggle("round", parseInt(cockpit.info.version, 10) >= ROUND_SINCE);
    paint();
    window.addEventListener("storage", event => { if (event.key === "shell:style") paint() });
    window.addEventListener("cockpit-style", event => paint(event.detail && event.detail.style));
    prefersDark.addEventListener("change", () => paint());
}
