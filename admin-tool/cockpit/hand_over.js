/*
 * Temporary passwords, shown once: the text to pass on, until it is closed or five minutes are over. It is in no
 * variable, field or storage of the page afterwards.
 */
import { button, make, makeDialog, newId, refocus } from "./dom.js";
import { notify } from "./notice.js";
import { _, format, when } from "./words.js";

const SHOWN_FOR = 5 * 60 * 1000; // ms

async function copy(text, said) {
    try {
        await navigator.clipboard.writeText(text.textContent);
        said.textContent = _("Copied");
    } catch {
        window.getSelection().selectAllChildren(text);
        said.textContent = _("Press Ctrl+C to copy the selected text");
    }
}

function oneText(answer) {
    const words = answer.hand_over.split(/(\S+)/).map((part, at) => at % 2 === 1 ? make("span", { class: "word" }, part) : part);
    const text = make("pre", { class: "mono secret", tabindex: "0", role: "group", "aria-label": format(_("For $0"), answer.username) }, words);
    const said = make("span", { role: "status", class: "quiet" });

    return make("div", { class: "hand-over" }, text, make("div", { class: "toolbar" }, button(_("Copy"), "secondary", () => copy(text, said)), said),
                make("p", { class: "quiet" }, format(_("The password is valid until $0."), when(answer.expires_at))));
}

/* A dialog that is gone after a while, with all that is in it. footer(close) gives its buttons. Gives when it is gone. */
export function showOnce(title, words, inside, opener, footer) {
    return new Promise(resolve => {
        const id = newId();
        const form = make("form", { method: "dialog" }, make("h2", { id }, title), make("p", {}, words), inside, make("footer", {}, footer(() => dialog.close())));
        const dialog = makeDialog({ "aria-labelledby": id, class: "wide" }, form);
        const timer = setTimeout(() => {
            dialog.close();
            notify("info", _("The temporary password is no longer shown. Reset the password to get another one."));
        }, SHOWN_FOR);

        dialog.addEventListener("close", () => {
            clearTimeout(timer);
            form.replaceChildren();
            dialog.remove();
            refocus(opener);
            resolve();
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}

/* answers: one or several objects with hand_over and expires_at. */
export const handOver = (answers, opener) => showOnce(
    _("Pass this on to the user"), _("This is shown only once. The password must be changed at the first login."),
    make("div", { class: "body" }, [answers].flat().map(oneText)), opener, close => [button(_("Close"), "primary", close)]);
