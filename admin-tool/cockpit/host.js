/*
 * The host: what "check" finds, and the policy, which Admins may set.
 */
import { ask } from "./dialog.js";
import { button, fill, make } from "./dom.js";
import { cannot, notify } from "./notice.js";
import { tool } from "./tool.js";
import { findingsTable, whatOf } from "./ways.js";
import { _, format } from "./words.js";

const shown = value => value === null || value === "" ? "–" : String(value);

async function set(setting, done) {
    const answer = await ask({
        title: setting.key,
        text: make("p", {}, setting.meaning),
        fields: [{
            name: setting.key, type: setting.key === "hand_over_text" ? "textarea" : "text", label: _("Value"), value: setting.value === null ? "" : String(setting.value),
            help: [setting.range ? format(_("Range: $0"), setting.range) : null, format(_("Default: $0"), shown(setting.default))].filter(Boolean).join(" · "),
        }],
        action: _("Save"),
        ready: values => values[setting.key].trim() !== String(setting.value),
        run: values => tool(["policy", "set"], { names: [setting.key + "=" + values[setting.key].trim()] }),
    });
    if (answer === null)
        return;
    notify("success", format(_("$0 is $1"), setting.key, shown(answer[0].value)));
    done();
}

/* What it mended is told by what it no longer finds. */
async function repair(before, done) {
    const left = await ask({
        title: _("Repair what can be repaired?"),
        text: make("p", {}, _("This repairs what can be repaired without losing data: owner and mode of the store's files, an outdated or damaged directory file, a damaged log of login attempts, and the store's indexes. For everything else, use the commands shown.")),
        action: _("Repair"),
        run: () => tool(["check", "--repair"]),
    });
    if (left === null)
        return;
    const gone = before.map(whatOf).filter(what => !left.some(one => whatOf(one) === what));
    notify(gone.length > 0 ? "success" : "info", gone.length > 0 ? _("No longer found") : _("There was nothing to repair without losing data"), gone);
    done(left);
}

function policyTable(settings, admin, done) {
    const titles = [_("Setting"), _("Value"), _("Default"), _("Range"), _("Meaning")];
    const cells = one => [make("span", { class: "mono" }, one.key), shown(one.value) === shown(one.default) ? shown(one.value) : make("strong", {}, shown(one.value)),
                          shown(one.default), one.range || "", one.meaning];

    return make("table", { class: "table", "aria-label": _("Policy") },
                make("thead", {}, make("tr", {}, titles.map(title => make("th", { scope: "col" }, title)), admin ? make("td", {}) : null)),
                make("tbody", {}, settings.map(one => make("tr", {}, cells(one).map((cell, at) => make("td", { "data-label": titles[at] }, make("div", { class: "break" }, cell))),
                    admin ? make("td", { class: "last" }, button(_("Edit"), "link", () => set(one, done), { "data-focus": one.key, "aria-label": format(_("Edit $0"), one.key) })) : null))));
}

export function showHost(place, who) {
    const findings = make("div", { class: "scroll" });
    const policy = make("div", { class: "scroll" });

    async function part(into, words, show) {
        if (!into.hasChildNodes())
            fill(into, make("p", { class: "empty" }, _("Loading …")));
        try {
            fill(into, show(await tool(words)));
        } catch (refusal) {
            cannot(into, refusal, () => part(into, words, show));
        }
    }
    let found = [];
    function showFound(now) {
        found = now;
        return found.length === 0 ? make("p", { class: "empty" }, _("No problems found.")) : findingsTable(found);
    }
    const look = () => part(findings, ["check"], showFound);
    const mend = () => repair(found, left => fill(findings, showFound(left)));
    const read = () => part(policy, ["policy"], settings => policyTable(settings, who.kind === "admin", () => { read(); look() }));

    fill(place,
         make("section", { class: "card" }, make("div", { class: "toolbar head" }, make("h1", {}, _("Host")), make("span", { class: "spacer" }),
                                                 who.kind === "admin" ? button(_("Repair"), "secondary", mend, { "data-focus": "mend" }) : null,
                                                 button(_("Check again"), "secondary", look, { "data-focus": "check" })), findings),
         make("section", { class: "card" }, make("div", { class: "toolbar head" }, make("h2", {}, _("Policy"))), policy));
    look();
    read();
    return null;
}
