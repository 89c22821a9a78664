# What every hook of gitlog-track shares. Read into each hook when it is installed, so
# that a hook is one file. POSIX sh; no process is started that can be done without,
# since each costs as much as all the rest. Nothing here may stop git: every failure is
# one line on stderr and status 0.

gt_python='@PYTHON@'
gt_fold_process='@FOLD_PROCESS@'
gt_message_process='@MESSAGE_PROCESS@'
gt_gate_process='@GATE_PROCESS@'

gt_say() {
	printf 'gitlog-track: %s\n' "$1" >&2
}

# Find this worktree's git directory, the common one, and our files in it. Fails,
# silently, where "gitlog-track init" never ran (a core.hooksPath for all repositories).
gt_locate() {
	gt_dir=${GIT_DIR:-.git}
	[ -d "$gt_dir" ] || gt_dir=$(git rev-parse --git-dir 2>/dev/null) || return 1
	gt_common=$gt_dir
	gt_worktree=
	if [ -f "$gt_dir/commondir" ]; then
		IFS= read -r gt_common <"$gt_dir/commondir"
		case $gt_common in
		/*) ;;
		*) gt_common=$gt_dir/$gt_common ;;
		esac
		gt_worktree=${gt_dir##*/}
	fi
	gt_home=$gt_common/gitlog-track
	gt_fold='' gt_fsync='' gt_branch_pattern=''
	gt_trailer=Task gt_trailer_glob='[Tt][Aa][Ss][Kk]'
	[ -f "$gt_home/settings" ] || return 1
	while IFS='=' read -r gt_key gt_value; do
		case $gt_key in
		branch_pattern) gt_branch_pattern=$gt_value ;;
		fold) gt_fold=$gt_value ;;
		fsync) gt_fsync=$gt_value ;;
		trailer) gt_trailer=$gt_value ;;
		trailer_glob) gt_trailer_glob=$gt_value ;;
		umask) [ -z "$gt_value" ] || umask "$gt_value" ;;
		esac
	done <"$gt_home/settings"
}

# Set gt_task to the current task of this worktree.
gt_read_task() {
	gt_task=
	[ ! -f "$gt_dir/gitlog-track/current" ] ||
		IFS= read -r gt_task <"$gt_dir/gitlog-track/current"
}

# Set gt_state to what git is in the middle of.
gt_read_state() {
	gt_state=
	if [ -d "$gt_dir/rebase-merge" ]; then
		gt_state=rebase
	elif [ -f "$gt_dir/rebase-apply/applying" ]; then
		gt_state=am
	elif [ -d "$gt_dir/rebase-apply" ]; then
		gt_state=rebase
	elif [ -f "$gt_dir/MERGE_HEAD" ]; then
		gt_state=merge
	elif [ -f "$gt_dir/CHERRY_PICK_HEAD" ]; then
		gt_state=cherry-pick
	elif [ -f "$gt_dir/REVERT_HEAD" ]; then
		gt_state=revert
	fi
}

# Set gt_head to the commit of HEAD and gt_branch to its branch; during a rebase the
# branch being rebased. A loose ref is read here; only a packed one, or a branch that is
# another's second name, costs a process.
gt_read_head() {
	gt_head='' gt_branch='' gt_line=''
	IFS= read -r gt_line <"$gt_dir/HEAD" || return 0
	case $gt_line in
	'ref: '*)
		gt_branch=${gt_line#ref: }
		if [ -f "$gt_common/$gt_branch" ]; then
			IFS= read -r gt_head <"$gt_common/$gt_branch"
		else
			gt_head='ref: packed'
		fi
		case $gt_head in
		'ref: '*) gt_head=$(git rev-parse -q --verify HEAD 2>/dev/null) ;;
		esac
		;;
	*) gt_head=$gt_line ;;
	esac
	if [ -f "$gt_dir/rebase-merge/head-name" ]; then
		IFS= read -r gt_branch <"$gt_dir/rebase-merge/head-name"
	elif [ -f "$gt_dir/rebase-apply/head-name" ]; then
		IFS= read -r gt_branch <"$gt_dir/rebase-apply/head-name"
	fi
}

# gt_record HOOK [LINES]: write one journal entry, a snapshot of this moment. The file's
# own time is the instant; the line "end" says that it is whole. A name that is taken
# (two containers can have a process of one number) is never written over.
gt_record() {
	gt_read_task
	gt_read_state
	gt_read_head
	gt_number=0
	set -C
	until gt_write_entry "$@"; do
		gt_number=$((gt_number + 1))
		if [ -n "$gt_made" ] || [ "$gt_number" -gt 99 ]; then
			set +C
			[ -z "$gt_made" ] || rm -f "$gt_entry"
			gt_say "cannot write $gt_home/journal: this $1 is not recorded; nothing else is affected (gitlog-track doctor tells more)"
			return 1
		fi
	done
	set +C
	[ -z "$gt_fsync" ] || sync "$gt_entry" 2>/dev/null || :
}

# Write the entry, or fail. Sets gt_made if the file was ours to write.
gt_write_entry() {
	gt_made=
	gt_entry=$gt_home/journal/$1-$$-$gt_number
	{
		gt_made=1
		printf '%s\n' 'gitlog-track-entry 1' "hook $1" "worktree $gt_worktree" \
			"head $gt_head" "branch $gt_branch" "task $gt_task" "state $gt_state" \
			${2:+"$2"} end
	} 2>/dev/null >"$gt_entry"
}

# Is the interpreter still there? Says how to repair if not; entries are kept meanwhile.
gt_have_python() {
	[ -x "$gt_python" ] && [ -f "$gt_fold_process" ] && return 0
	gt_say "$gt_python or gitlog_track is gone: events wait in the journal; run 'gitlog-track init' to repair the hooks"
	return 1
}

# gt_is_folding PID: is that process a fold that was started and has not begun?
# "pending" outlives a fold that was killed early, or a reboot, and its number may be
# another process's by then. Only the process itself tells: a lock of the kernel or an age
# in seconds would cost sh a process, and an age in commits ("-ot") would start a fold
# for every commit of a rebase. So /proc is asked, with a builtin. Where there is none
# (macOS), so many waiting entries tell that nobody folds. One fold too many finds
# nothing to do; that is why whatever is in doubt, such as an empty file, is no fold.
gt_is_folding() {
	[ -n "$1" ] && kill -0 "$1" 2>/dev/null || return 1
	if [ -d /proc/self ]; then
		gt_what=
		{ IFS= read -r gt_what <"/proc/$1/cmdline"; } 2>/dev/null || :
		case $gt_what in
		*fold_process*) return 0 ;;
		esac
		return 1
	fi
	set -- "$gt_home"/journal/*
	[ "$#" -lt 500 ]
}

# Start the fold: in line where configured, else detached and only if none is pending.
gt_start_fold() {
	gt_have_python || return 0
	if [ "$gt_fold" = sync ]; then
		"$gt_python" -I -S "$gt_fold_process" "$gt_common" </dev/null || :
		return 0
	fi
	gt_pid=none
	set -C
	printf '' 2>/dev/null >"$gt_home/pending" ||
		IFS= read -r gt_pid 2>/dev/null <"$gt_home/pending" || gt_pid=''
	set +C
	[ "$gt_pid" = none ] || ! gt_is_folding "$gt_pid" || return 0
	"$gt_python" -I -S "$gt_fold_process" "$gt_common" detached \
		</dev/null >/dev/null 2>&1 &
	printf '%s\n' "$!" 2>/dev/null >"$gt_home/pending" || :
}

# Set gt_chained to the hook that was here before ours. Its name does not depend on ours,
# which the pre-commit framework renames.
gt_find_chained() {
	gt_chained=${0%/*}/$1.gitlog-track-chained
	[ -x "$gt_chained" ]
}
