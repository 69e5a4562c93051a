# Sourced by the setups of tests that need programs of others. The caller sets: me, its name; here, its folder, with package.json and
# package-lock.json; folder, where modules of npm go; needs, a line for each thing: how it is found (cmd: a command; py, php, ruby, perl:
# a module of that language), its name there, and the Debian package.

there() { # kind name
    case $1 in
    cmd) command -v "$2" ;;
    py) /usr/bin/python3 -c "import $2" ;;
    php) php -r "exit(extension_loaded('$2') ? 0 : 1);" ;;
    ruby) ruby -e "require '$2'" ;;
    perl) perl -M"$2" -e1 ;;
    esac >/dev/null 2>&1
}

missing() { # prints the packages that are missing
    echo "$needs" | while read -r kind name package; do
        [ -z "$kind" ] || there "$kind" "$name" || printf ' %s' "$package"
    done
}

install_packages() { # packages
    command="apt-get update && apt-get install -y --no-install-recommends$1"
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$me: missing:$1 (names of Debian packages)" >&2
        return 1
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        echo "$me: missing:$1" >&2
        echo "run this, then make again:  sudo sh -c '$command'" >&2
        return 1
    fi
    echo "$me: installing$1"
    # Some packages start a service unless policy says no; one that is there already is left alone.
    policy=/usr/sbin/policy-rc.d
    made_policy=no
    trap drop_policy EXIT
    trap 'exit 1' HUP INT TERM
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null && made_policy=yes && $as_root chmod 755 $policy
    fi
    # shellcheck disable=SC2086
    quietly $as_root sh -c "export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; $command" && return 0
    echo "$me: the installation failed; after mending it run:  $command" >&2
    return 1
}

drop_policy() {
    [ $made_policy = no ] || $as_root rm -f $policy
    made_policy=no
}

quietly() { # command: its output is shown when it fails
    log=$(mktemp) || return 1
    "$@" >"$log" 2>&1
    status=$?
    [ $status = 0 ] || tail -n 25 "$log" >&2
    rm -f "$log"
    return $status
}

# The lock file is copied last, so that a run which was interrupted is repeated.
install_npm() {
    cmp -s "$here/package-lock.json" "$folder/installed.json" && return 0
    echo "$me: installing what comes from npm"
    mkdir -p "$folder" && cp "$here/package.json" "$here/package-lock.json" "$folder" || return 1
    if ! (cd "$folder" && quietly npm ci --no-audit --no-fund --ignore-scripts); then
        echo "$me: npm ci failed in $folder" >&2
        return 1
    fi
    cp "$here/package-lock.json" "$folder/installed.json"
}

# Installs all of it, or says what to run.
install_needs() {
    lacking=$(missing)
    if [ -n "$lacking" ]; then
        install_packages "$lacking" || return 1
        lacking=$(missing)
        if [ -n "$lacking" ]; then
            echo "$me: installed, and still not found:$lacking" >&2
            return 1
        fi
    fi
    install_npm
}
