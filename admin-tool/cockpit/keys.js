/*
 * The ssh keys of one account.
 */
import { ask } from "./dialog.js";
import { button, make } from "./dom.js";
import { tellOutcome } from "./notice.js";
import { tool } from "./tool.js";
import { _, format, when } from "./words.js";

async function add(name, done) {
    const answer = await ask({
        title: format(_("Add keys to $0"), name),
        fields: [{ name: "key", type: "textarea", label: _("Public keys"), required: true, help: _("One per line. Never paste a private key."), rows: 5 }],
        action: _("Add"), wide: true,
        ready: values => values.key.trim() !== "",
        run: values => tool(["keys", "add"], { names: [name, "-"], input: values.key.trim() + "\n" }),
    });
    if (answer !== null) {
        tellOutcome(answer);
        done();
    }
}

async function remove(name, key, done) {
    const answer = await ask({
        title: _("Remove this key?"),
        text: [make("p", { class: "mono" }, key.fingerprint), make("p", {}, make("bdi", {}, key.comment))],
        action: _("Remove"), danger: true,
        run: () => tool(["keys", "remove"], { names: [name, key.fingerprint] }),
    });
    if (answer !== null) {
        tellOutcome(answer);
        done();
    }
}

export function showKeys(keys, name, admin, done) {
    const titles = [_("Type"), _("Fingerprint"), _("Comment"), _("Options"), _("Added")];
    const cells = key => [`${key.type} ${key.bits}`, make("span", { class: "mono" }, key.fingerprint), make("bdi", { class: "break" }, key.comment),
                          make("span", { class: "mono" }, key.options), when(key.added_at, "")];
    const line = key => make("tr", {}, cells(key).map((cell, at) => make("td", { "data-label": titles[at] }, cell)), admin
        ? make("td", { class: "last" }, button(_("Remove"), "link", () => remove(name, key, done), { "data-focus": key.fingerprint })) : null);

    return [
        keys.length === 0 ? make("p", { class: "empty" }, _("No SSH keys.")) : make("table", { class: "table", "aria-label": _("SSH keys") },
            make("thead", {}, make("tr", {}, titles.map(title => make("th", { scope: "col" }, title)), admin ? make("td", {}) : null)),
            make("tbody", {}, keys.map(line))),
        admin ? make("div", { class: "inside" }, button(_("Add keys"), "secondary", () => add(name, done), { "data-focus": "add-keys" })) : null,
    ];
}
