"""The numbers of the system calls that the filter knows, on x86-64 and on 64-bit Arm.

From Linux 6.17 on back; a test compares them with the kernel's own headers where these are installed.
"""

__all__ = ["UNKNOWN", "numbers"]

# From the kernel's tables: name, number on x86-64, number on 64-bit Arm ("-": has none); what they are for.
_TABLE = """
# starts another program or process (threads are fine)
fork 57 -; vfork 58 -; execve 59 221; execveat 322 281;
# looks into or touches another process
ptrace 101 117; process_vm_readv 310 270; process_vm_writev 311 271; kcmp 312 272; get_robust_list 274 100;
tkill 200 130; migrate_pages 256 238; move_pages 279 239; pidfd_send_signal 424 424; pidfd_open 434 434;
pidfd_getfd 438 438; process_madvise 440 440; process_mrelease 448 448; kill 62 129; tgkill 234 131;
rt_sigqueueinfo 129 138; rt_tgsigqueueinfo 297 240; prlimit64 302 261;
# makes itself or others slow, or is seen by them
setpriority 141 140; sched_setscheduler 144 119; sched_setparam 142 118; sched_setattr 314 274;
sched_setaffinity 203 122; ioprio_set 251 30; setpgid 109 154; setsid 112 157; timer_create 222 107;
# outlives the process or reaches others: queues, segments, semaphores, keys
shmget 29 194; shmat 30 196; shmctl 31 195; shmdt 67 197; semget 64 190; semop 65 193; semctl 66 191;
semtimedop 220 192; msgget 68 186; msgsnd 69 189; msgrcv 70 188; msgctl 71 187; mq_open 240 180;
mq_unlink 241 181; mq_timedsend 242 182; mq_timedreceive 243 183; mq_notify 244 184; mq_getsetattr 245 185;
add_key 248 217; request_key 249 218; keyctl 250 219;
# sockets
socket 41 198; socketpair 53 199; connect 42 203; accept 43 202; accept4 288 242; bind 49 200;
listen 50 201; sendto 44 206; sendmsg 46 211; sendmmsg 307 269; setsockopt 54 208;
# watches or locks files that others use too
flock 73 32; fcntl 72 25; ioctl 16 29; inotify_init 253 -; inotify_init1 294 26; inotify_add_watch 254 27;
fanotify_init 300 262; fanotify_mark 301 263; cachestat 451 451;
# changes what is known of a file
chmod 90 -; fchmod 91 52; fchmodat 268 53; fchmodat2 452 452; chown 92 -; fchown 93 55; lchown 94 -;
fchownat 260 54; utime 132 -; utimes 235 -; futimesat 261 -; utimensat 280 88;
# adds to a file what no limit counts, or makes special files
setxattr 188 5; lsetxattr 189 6; fsetxattr 190 7; setxattrat 463 463; removexattr 197 14;
lremovexattr 198 15; fremovexattr 199 16; removexattrat 466 466; file_setattr 469 469; mknod 133 -;
mknodat 259 33;
# takes memory or kernel objects that no limit counts
mmap 9 222; madvise 28 233; remap_file_pages 216 234; memfd_create 319 279; memfd_secret 447 447;
userfaultfd 323 282; io_setup 206 0; io_uring_setup 425 425; io_uring_enter 426 426;
io_uring_register 427 427;
# threads
clone 56 220; clone3 435 435;
# is another user, or sees another part of the system
prctl 157 167; personality 135 92; setuid 105 146; setgid 106 144; setreuid 113 145; setregid 114 143;
setresuid 117 147; setresgid 119 149; setfsuid 122 151; setfsgid 123 152; setgroups 116 159; capset 126 91;
unshare 272 97; setns 308 268; chroot 161 51; pivot_root 155 41; mount 165 40; umount2 166 39;
open_tree 428 428; open_tree_attr 467 467; move_mount 429 429; fsopen 430 430; fsconfig 431 431;
fsmount 432 432; fspick 433 433; mount_setattr 442 442; statmount 457 457; listmount 458 458;
name_to_handle_at 303 264; open_by_handle_at 304 265; seccomp 317 277; landlock_create_ruleset 444 444;
landlock_add_rule 445 445; landlock_restrict_self 446 446; lsm_get_self_attr 459 459;
lsm_set_self_attr 460 460; lsm_list_modules 461 461;
# settings of the machine
swapon 167 224; swapoff 168 225; reboot 169 142; acct 163 89; sync 162 81; syncfs 306 267; syslog 103 116;
quotactl 179 60; quotactl_fd 443 443; vhangup 153 58; sethostname 170 161; setdomainname 171 162;
settimeofday 164 170; clock_settime 227 112; adjtimex 159 171; clock_adjtime 305 266; init_module 175 105;
finit_module 313 273; delete_module 176 106; kexec_load 246 104; kexec_file_load 320 294; bpf 321 280;
perf_event_open 298 241; lookup_dcookie 212 18; modify_ldt 154 -; iopl 172 -; ioperm 173 -; uselib 134 -;
ustat 136 -; sysfs 139 -; _sysctl 156 -; nfsservctl 180 42; create_module 174 -; get_kernel_syms 177 -;
query_module 178 -;
"""
_COLUMNS = {"x86_64": 1, "aarch64": 2}

# What no table of today names: new calls, and numbers that these machines leave out. The last one known is
# file_setattr, 469.
UNKNOWN = {"x86_64": ((335, 423), (470, 0x3FFFFFFF)), "aarch64": ((295, 423), (470, 0x3FFFFFFF))}


def numbers(machine: str) -> dict[str, int]:
    """Name -> number of the calls that the machine has.

    Raises:
        KeyError: for a machine that the filter is not written for.
    """
    column = _COLUMNS[machine]
    lines = (line for line in _TABLE.splitlines() if not line.startswith("#"))
    calls = (call.split() for call in " ".join(lines).split(";") if call.strip())
    return {call[0]: int(call[column]) for call in calls if call[column] != "-"}
