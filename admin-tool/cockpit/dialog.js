/*
 * One dialog for everything that is asked: fields with a label each, what is wrong said at the field that it is about,
 * the dialog open until the tool has said yes. Escape and Cancel leave everything as it was.
 */
import { button, fill, make, makeDialog, newId, refocus } from "./dom.js";
import { box } from "./notice.js";
import { _ } from "./words.js";

const control = {
    select: field => make("select", {}, field.choices.map(([value, text]) =>
        make("option", { value, selected: value === field.value }, text))),
    textarea: field => make("textarea", { rows: field.rows || 4, value: field.value || "", spellcheck: "false" }),
};

/* { name, type, label, value, help, choices, required }: its row, and how to read it and to say what is wrong. */
export function makeField(field) {
    const id = newId();
    const input = (control[field.type] || (() => make("input", {
        type: field.type || "text", value: field.type === "checkbox" ? undefined : field.value || "", checked: field.type === "checkbox" && field.value,
        autocomplete: field.type === "password" ? "current-password" : "off", spellcheck: "false",
    })))(field);
    const help = make("p", { id: id + "-help", class: "help" }, field.help || "");
    const wrong = make("p", { id: id + "-error", class: "wrong" });
    const title = make("label", { for: id }, field.label, field.required ? make("span", { "aria-hidden": "true", class: "star" }, " *") : null);
    const tick = field.type === "checkbox";

    input.id = id;
    input.name = field.name;
    if (field.accept)
        input.accept = field.accept;
    if (field.required)
        input.setAttribute("aria-required", "true");
    input.setAttribute("aria-describedby", [field.help ? help.id : null, wrong.id].filter(Boolean).join(" "));
    return {
        name: field.name,
        input,
        row: make("div", { class: tick ? "row tick" : "row" }, tick ? [input, title] : [title, input], field.help ? help : null, wrong),
        read: () => tick ? input.checked : field.type === "file" ? input.files[0] : input.value,
        complain: text => {
            wrong.textContent = text;
            input.setAttribute("aria-invalid", text ? "true" : "false");
        },
    };
}

/* Where the refusal belongs to a field it is said there, else above all of them; and not where it was foreseen, too. */
function complain(fields, top, refusal) {
    const text = [refusal.message, refusal.advice].filter(Boolean);
    const field = fields.find(one => one.name === refusal.field);

    fields.forEach(one => one.complain(""));
    top.closest("dialog").querySelectorAll(".foreseen .notice.danger").forEach(one => one.remove());
    fill(top);
    if (field) {
        field.complain(text.join("; "));
        field.input.focus();
    } else {
        fill(top, box("danger", text[0], text.slice(1)));
    }
}

/*
 * ask({ title, text, fields, action, danger, wide, run }): text is what stands above the fields, run(values) does it and may
 * throw a Refusal. Gives run's result, or null when it was left. change(values, fields, check) is called as things are typed,
 * and check() looks again whether ready(values) lets it be done.
 */
export function ask({ title, text = [], fields = [], below = null, action, danger = false, wide = false, change = null, ready = null, run }) {
    return new Promise(resolve => {
        const opener = document.activeElement && document.activeElement.dataset.focus;
        const id = newId();
        const made = fields.map(makeField);
        const top = make("div", { role: "alert" });
        const values = () => Object.fromEntries(made.map(one => [one.name, one.read()]));
        const go = make("button", { type: "submit", class: "button " + (danger ? "danger" : "primary") }, action);
        const cancel = button(_("Cancel"), "link", () => dialog.close());
        let result = null;
        let busy = false;

        async function submit(event) {
            event.preventDefault();
            if (busy)
                return;
            busy = go.disabled = true;
            dialog.setAttribute("aria-busy", "true");
            try {
                result = await run(values());
                dialog.close();
            } catch (refusal) {
                complain(made, top, refusal);
            }
            busy = go.disabled = false;
            dialog.removeAttribute("aria-busy");
            check();
        }
        function check() {
            go.disabled = busy || (ready !== null && !ready(values()));
            if (change)
                change(values(), made, check);
        }
        const dialog = makeDialog({ "aria-labelledby": id, class: wide ? "wide" : null },
                            make("form", { method: "dialog", novalidate: true, onsubmit: submit, oninput: check },
                                 make("h2", { id }, title), make("div", { class: "body" }, top, text, made.map(one => one.row), below),
                                 make("footer", {}, go, cancel)));

        // what runs cannot be called back: its end is waited for
        dialog.addEventListener("cancel", event => { if (busy) event.preventDefault() });
        dialog.addEventListener("close", () => {
            dialog.remove();
            if (opener)
                refocus(opener);
            resolve(result);
        });
        document.body.append(dialog);
        check();
        dialog.showModal();
        if (made.length > 0)
            made[0].input.focus();
    });
}
