# Completions of picketctl for bash: it is asked itself, so they know every command, option, group and node that it knows.
_picketctl()
{
    local IFS=$'\n' current=${COMP_WORDS[COMP_CWORD]} words
    local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")

    # A colon splits words here; what it split is put together again.
    if declare -F _get_comp_words_by_ref >/dev/null; then
        local cur cword
        local -a all
        _get_comp_words_by_ref -n : -c cur -w all -i cword
        current=$cur
        before=("${all[@]:1:cword-1}")
    fi
    words=$("${COMP_WORDS[0]}" __complete "${before[@]}" 2>/dev/null)
    COMPREPLY=($(compgen -W "$(cut -f 1 <<<"$words" | grep -v '^//')" -- "$current"))
    if grep -qx '//file' <<<"$words"; then
        compopt -o filenames
        COMPREPLY+=($(compgen -f -- "$current"))
    fi
    ! declare -F __ltrim_colon_completions >/dev/null || __ltrim_colon_completions "$current"
}
complete -F _picketctl picketctl
