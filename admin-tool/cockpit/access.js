/*
 * Who may log in: suspend, activate, reset the password, have it changed, unlock, delete; of one account or several.
 * What would end or be left is asked of the tool, which changes nothing for that, before anybody says yes.
 */
import { ask } from "./dialog.js";
import { fill, make } from "./dom.js";
import { handOver } from "./hand_over.js";
import { box, tellOutcome } from "./notice.js";
import { tool } from "./tool.js";
import { _, format, plural } from "./words.js";

const whom = names => names.length === 1 ? names[0] : plural("$0 account", "$0 accounts", names.length);

/* What would happen, filled in when it is known. show(answers) gives elements. */
function foreseen(words, names, show) {
    const place = make("div", { class: "foreseen" }, make("p", { class: "quiet" }, _("Checking what this would change …")));

    tool([...words, "--yes", "--dry-run"], { names }).then(
        answers => fill(place, show([answers].flat())),
        refusal => fill(place, box("danger", refusal.message, refusal.advice ? [refusal.advice] : [])));
    return place;
}

function whatEnds(answers) {
    const running = answers.filter(one => one.processes > 0);
    const processes = running.reduce((sum, one) => sum + one.processes, 0);
    const known = answers.every(one => one.processes !== null);

    return [
        processes > 0 ? make("p", {}, plural("$0 running process will be ended, including sessions.", "$0 running processes will be ended, including sessions.", processes))
                      : known ? make("p", {}, _("No processes are running.")) : null,
        known ? null : box("warning", _("It could not be found out what is running. Whatever is found will be ended, including sessions.")),
        running.length > 0 && answers.length > 1 ? make("p", { class: "quiet" }, running.map(one => one.username).join(", ")) : null,
        answers.some(one => one.yourself) ? box("warning", _("This is your own account.")) : null,
        answers.some(one => one.last_admin) ? box("warning", _("This is the last active Admin.")) : null,
    ];
}

async function change(options, words, names) {
    const answer = await ask({ ...options, run: values => tool([...words, "--yes", ...(options.more ? options.more(values) : [])], { names }) });
    if (answer !== null)
        tellOutcome(answer);
    return answer;
}

const named = names => names.length > 1 ? make("p", {}, names.join(", ")) : null;

export const suspend = names => change({
    title: format(_("Suspend $0?"), whom(names)),
    text: [named(names), make("p", {}, _("A suspended account cannot log in, use sudo or run cron jobs until it is activated again. Its name, ID and files are kept.")),
           foreseen(["users", "suspend"], names, whatEnds)],
    fields: [{ name: "reason", label: _("Reason"), help: _("Recorded in the audit log") }],
    more: values => values.reason.trim() === "" ? [] : ["--reason=" + values.reason.trim()],
    action: _("Suspend"), danger: true,
}, ["users", "suspend"], names);

export const activate = names => change({
    title: format(_("Activate $0?"), whom(names)),
    text: [named(names), make("p", {}, _("The account can log in again, with the password and keys that it has. An expired temporary password has to be reset."))],
    action: _("Activate"),
}, ["users", "activate"], names);

export const requireChange = names => change({
    title: format(_("Require $0 to change the password?"), whom(names)),
    text: [named(names), make("p", {}, _("A new password must be chosen at the next login. Until then, the current one works."))],
    action: _("Require change"),
}, ["users", "require-change"], names);

export const unlock = names => change({
    title: format(_("Unlock $0?"), whom(names)),
    text: make("p", {}, _("Failed logins are forgotten, and the account can log in again without waiting.")),
    action: _("Unlock"),
}, ["users", "unlock"], names);

export async function resetPassword(names, opener) {
    const answer = await ask({
        title: format(_("Reset the password of $0?"), whom(names)),
        text: [named(names), make("p", {}, _("The current password stops working. A temporary password is shown once, for you to pass on."))],
        fields: [{ name: "end", type: "checkbox", label: _("End running processes, including sessions") }],
        action: _("Reset password"),
        run: values => tool(["reset-password", "--yes", ...(values.end ? ["--end-sessions"] : [])], { names }),
    });
    if (answer === null)
        return null;
    await handOver(answer, opener);
    if ([answer].flat().some(one => one.problems.length + one.notes.length > 0))
        tellOutcome(answer);
    return answer;
}

const whatStays = answers => [
    ...whatEnds(answers),
    make("details", {}, make("summary", {}, _("What remains on this host")),
         make("pre", { class: "mono" }, answers.flatMap(one => one.said).join("\n"))),
];

export const remove = name => change({
    title: format(_("Delete $0?"), name),
    text: [make("p", {}, _("This cannot be undone. The name and ID are never used again. To only block access, suspend the account instead.")),
           foreseen(["users", "delete"], [name], whatStays)],
    fields: [
        { name: "typed", label: format(_("Type $0 to confirm"), name), required: true },
        { name: "home", type: "checkbox", label: _("Also remove the home directory") },
    ],
    ready: values => values.typed === name,
    more: values => values.home ? ["--remove-home"] : [],
    action: _("Delete"), danger: true, wide: true,
}, ["users", "delete"], [name]);
