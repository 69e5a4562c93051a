#compdef picketctl
# Completions of picketctl for zsh: it is asked itself, so they know every command, option, group and node that it knows.
local -a found
local line

for line in ${(f)"$(${words[1]} __complete ${words[2,CURRENT-1]} 2>/dev/null)"}; do
    if [[ $line == //file ]]; then
        _files
    else
        found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
done
(( $#found )) && _describe picketctl found
