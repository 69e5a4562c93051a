# Makes the list of options in picketd.conf(5) out of the sample, etc/picketd.conf, where each stands behind what explains it:
#   # What it is for.
#   name = value;   # [default; what is allowed] More about it.
# A line whose option is commented out is one too. Sections (`name = {`, `name = (`) become headings.

function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/"/, "\\(dq", text)
    gsub(/-/, "\\-", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}

# The text that waits, as a paragraph.
function tell(   i, said) {
    for (i = 1; i <= n; i++) {
        if (lines[i] == "") {
            if (said)
                print ".Pp"
        } else {
            print escaped(lines[i])
            said = 1
        }
    }
    n = 0
    return said
}

function close_list() {
    if (listing)
        print ".El"
    listing = 0
}

# A section within sections: groups, or seed.groups.
function open_section(name,   i, path) {
    close_list()
    names[++depth] = name
    for (i = 1; i <= depth; i++)
        path = path (i > 1 ? "." : "") names[i]
    print ".Ss " escaped(path)
    if (!tell() && depth > 1)
        print "Within the section above:"
}

function option(name, value, remark) {
    if (!listing)
        print ".Bl -tag -width Ds"
    listing = 1
    print ".It Ic \"" escaped(name " = " value) "\""
    if (tell())
        print ".br"
    if (remark != "")
        print escaped(remark)
}

# What the file itself is about stands in the page.
NR == 1 { skipping = 1 }
skipping { if ($0 == "") skipping = 0; next }

{ line = $0; sub(/^ *#? */, "", line) }
# The end of a remark, further down.
/^ +#/ && substr($0, 1, 20) ~ /^ +$/ { if (listing) print escaped(line); next }
# Prose: the # of an option that is commented out has no space behind it, but within a section that is.
off && /^ *# *# / { sub(/^# */, "", line); lines[++n] = line; next }
/^ *# / && !off { lines[++n] = line; next }
/^ *$/ { n = 0; next }
line ~ /^[a-z_]+ = [{(]$/ { off = off || /^ *#/; sub(/ = .*/, "", line); open_section(line); next }
line ~ /^[})]+[;,]?$/ { if (line ~ /^[})];$/) { close_list(); depth -= depth > 0; off = off && depth > 0 }; n = 0; next }
line ~ /^[{(]$/ { next }
line ~ /^[a-z_]+ = .*;/ {
    name = line
    sub(/ = .*/, "", name)
    value = substr(line, length(name) + 4)
    remark = ""
    if (match(value, /; *#/)) {
        remark = substr(value, RSTART + RLENGTH)
        value = substr(value, 1, RSTART - 1)
        sub(/^ */, "", remark)
    } else {
        sub(/; *$/, "", value)
    }
    option(name, value, remark)
    next
}
/^ *#/ { lines[++n] = line }
END { close_list() }
