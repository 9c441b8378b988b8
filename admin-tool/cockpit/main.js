/*
 * Begins: the look, who looks, and which view the address names: #/ the users, #/?view=audit, #/?view=host, #/NAME.
 */
import { showAccount } from "./account.js";
import { showAudit } from "./audit.js";
import { fill, make } from "./dom.js";
import { showHost } from "./host.js";
import { dress } from "./look.js";
import { box } from "./notice.js";
import { useAdmin, useAuditor } from "./tool.js";
import { watchWho } from "./who.js";
import { askOwnPassword } from "./own_password.js";
import { showUsers } from "./users.js";
import { _, format, markLanguage } from "./words.js";

const cockpit = window.cockpit;
const VIEWS = {
    users: { title: () => _("Users"), show: showUsers },
    audit: { title: () => _("Audit log"), show: showAudit },
    host: { title: () => _("Host"), show: showHost },
};
let who = null;
let leave = null; // ends what the view before this one waits for

function sentence({ name, kind }) {
    if (kind === "limited")
        return format(_("$0 has limited access. Turn on administrative access at the top of the window or, on a phone, in the Session menu."), name);
    return format(_("Only Admins and Auditors can use this page, and $0 is neither. Ask an Admin for a role."), name);
}

function tabs(current) {
    return make("nav", { class: "tabs", "aria-label": _("Views") }, Object.entries(VIEWS).map(([view, { title }]) =>
        make("a", { href: view === "users" ? "#/" : "#/?view=" + view, "data-focus": "tab-" + view,
                    "aria-current": view === current ? "page" : null }, title())));
}

function show() {
    const place = document.getElementById("view");
    const [name] = cockpit.location.path;
    const view = cockpit.location.options.view in VIEWS ? cockpit.location.options.view : "users";

    if (leave)
        leave();
    leave = null;
    if (who.kind !== "admin" && who.kind !== "auditor") {
        fill(document.getElementById("top"));
        fill(place, make("h1", {}, _("Coder accounts")), box("info", sentence(who)));
        return;
    }
    fill(document.getElementById("top"), tabs(view));
    leave = name ? showAccount(place, who, name) : VIEWS[view].show(place, who);
}

cockpit.transport.wait(() => {
    markLanguage();
    document.title = _("Coder accounts");
    dress();
    watchWho(now => {
        who = now;
        if (now.kind === "auditor")
            useAuditor(askOwnPassword);
        else
            useAdmin();
        show();
    });
    cockpit.addEventListener("locationchanged", () => { if (who) show() });
});
