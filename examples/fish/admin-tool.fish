# fish completion for admin-tool(8): what its completion for bash says.

function __admin_tool_offers
    set -l current (commandline -ct)
    set -l offers (bash /usr/share/bash-completion/completions/admin-tool (commandline -opc) "$current[1]" 2>/dev/null)
    switch "$offers[1]"
        case '<file>'
            __fish_complete_path "$current[1]"
            string match -v -- '<file>' $offers
        case '<dir>'
            __fish_complete_directories "$current[1]" ''
        case '*'
            printf '%s\n' $offers
    end
end

complete -c admin-tool -f -a '(__admin_tool_offers)'
