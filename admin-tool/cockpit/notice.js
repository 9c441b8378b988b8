/*
 * What the page tells of what was done: boxes at the top, read out as they come.
 */
import { button, fill, make } from "./dom.js";
import { withoutOwnWay } from "./tool.js";
import { _ } from "./words.js";

const PATIENCE = 8000; // ms; only what went well goes by itself

/* kind: "success", "warning", "danger", "info". Lines are text. */
export function box(kind, title, lines = [], more = null) {
    const words = { success: _("Success:"), warning: _("Warning:"), danger: _("Problem:"), info: _("Note:") };
    return make("div", { class: "notice " + kind },
                make("div", {},
                     make("p", { class: "title" }, make("span", { class: "unseen" }, words[kind] + " "), title),
                     lines.map(line => make("p", {}, line))),
                more);
}

export function notify(kind, title, lines = []) {
    const place = document.getElementById("notices");
    const close = button("×", "plain", () => shown.remove(), { "aria-label": _("Close") });
    const shown = box(kind, title, lines, close);

    place.append(shown);
    if (kind === "success")
        setTimeout(() => shown.remove(), PATIENCE);
}

/* A refusal in the place of what could not be shown. */
export function cannot(place, refusal, again) {
    const advice = refusal.advice ? [refusal.advice] : [];
    fill(place, box("danger", refusal.message, advice, again && button(_("Try again"), "secondary", again)));
}

/* After a change: what was said of it, and what is left to do. An answer or several. */
export function tellOutcome(answers) {
    for (const answer of [answers].flat()) {
        const left = [...(answer.problems || []), ...(answer.notes || []).map(withoutOwnWay)];
        const said = (answer.said || []).filter(line => line !== "");
        const [title, ...rest] = said.length > 0 ? said : [answer.username];
        notify(answer.problems && answer.problems.length > 0 ? "warning" : "success", title, [...rest, ...left]);
    }
}
