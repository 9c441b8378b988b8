/*
 * Who looks at the page. That is asked of Cockpit and never tried: sudo reports who may not to the administrator.
 */
const cockpit = window.cockpit;
const ADMINISTRATORS = ["coder-admin", "sudo", "wheel"]; // whom Cockpit gives administrative access, as rules for sudo usually are

/*
 * Calls back with { name, kind }, now and whenever it changes. kind is "admin", "limited" (who may have
 * administrative access, and has it not now), "auditor" or "nobody". A local administrator whose access is on is an Admin.
 */
export async function watchWho(changed) {
    const user = await cockpit.user();
    const groups = user.groups || [];
    const superuser = cockpit.dbus(null, { bus: "internal" }).proxy("cockpit.Superuser", "/superuser");
    let last = null;

    function tell() {
        const current = superuser.Current;
        let kind = "nobody";

        if (current === "init")
            return;
        if (user.id === 0 || (superuser.valid && current && current !== "none"))
            kind = "admin";
        else if (groups.some(group => ADMINISTRATORS.includes(group)))
            kind = "limited";
        else if (groups.includes("coder-auditor"))
            kind = "auditor";
        if (kind !== last)
            changed({ name: user.name, kind });
        last = kind;
    }
    superuser.addEventListener("changed", tell);
    await superuser.wait().catch(() => null);
    tell();
}
