#!/bin/sh
# The course on the other Debian, from nothing: on Debian 12 that is 13, on Debian 13 it is 12.
#
#   common/author/other_debian.sh [command]     as root
#
# Makes a folder with that Debian and git, clones this commit into it and runs the command there:
# ./learn and ./learn test, if none is given. What is mounted and what runs in there has name spaces
# of its own. They end with this script, however it ends; then the folder goes.
set -eu
cd "$(dirname "$0")/../.."
folder=.learn/other_debian
root=$folder/root

give_up()
{
    echo "other_debian: $*" >&2
    exit 1
}

inside() # in the name spaces, as their first process: inside <release> <command>
{
    # The host's own proxy, and what it says about the dates of a frozen mirror.
    apt-config dump | grep -E '^Acquire::(.*::Proxy|Check-[A-Z].*) ' >$folder/apt.conf || true
    [ -z "${http_proxy:-}" ] || echo "Acquire::http::Proxy \"$http_proxy\";" >>$folder/apt.conf
    mkdir $folder/tmp
    TMPDIR=$PWD/$folder/tmp mmdebstrap --mode=root --variant=apt --include=git,ca-certificates \
        --aptopt=$folder/apt.conf --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
        "$1" $root $folder/apt.list

    mount -t proc proc $root/proc
    mount --rbind /dev $root/dev
    git clone -q --no-hardlinks . $root/root/winipc
    chroot $root /usr/bin/env -i --default-signal HOME=/root \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        sh -c "cd /root/winipc && . /etc/os-release && echo \$PRETTY_NAME && $2"
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
    exit
fi

[ "$(id -u)" -eq 0 ] || give_up "as root, please: it makes a file system and mounts in it"
command -v mmdebstrap >/dev/null || give_up "missing: mmdebstrap (apt-get install mmdebstrap)"
. /etc/os-release
case "$ID ${VERSION_ID:-}" in
    "debian 12") here=bookworm other=trixie ;;
    "debian 13") here=trixie other=bookworm ;;
    *) give_up "knows Debian 12 and 13, and this is $PRETTY_NAME" ;;
esac

space=
end()
{
    trap '' HUP INT TERM
    if [ -n "$space" ]; then # the first process in there takes all others with it
        first=$(cat "/proc/$space/task/$space/children" 2>/dev/null || true)
        kill -KILL ${first:-$space} 2>/dev/null || true
        wait "$space" || true
    fi
    rm -rf --one-file-system $folder
}

rm -rf --one-file-system $folder # what a script that was killed by SIGKILL has left
mkdir -p $folder
trap end EXIT
trap 'exit 1' HUP INT TERM

# Debian's own sources, as they are here, of the other release.
apt-get indextargets --format 'deb $(SITE) $(CODENAME) $(COMPONENT) $(ORIGIN)' \
    'Created-By: Packages' |
    sed -n "s/^\(deb [^ ]* \)$here\([^ ]* main\) Debian$/\1$other\2/p" | sort -u >$folder/apt.list
[ -s $folder/apt.list ] || give_up "apt knows no $here of Debian's here: has apt-get update run?"

setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
    sh common/author/other_debian.sh --inside $other "${1:-./learn && ./learn test}" &
space=$!
code=0
wait $space || code=$?
space=
[ $code -eq 0 ] || give_up "has failed on $other: exit code $code"
