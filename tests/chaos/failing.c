/* Fails chosen writing calls of a program; tests/chaos/failing.py builds it and says how.

   Loaded with LD_PRELOAD, it stands before the C library. It numbers the calls below a folder that
   write, open for writing, rename, link, make a folder or flush to the disk, across all processes
   that share the counter. Calls FAIL_FIRST to FAIL_LAST fail. The environment is read at each
   call, since a forked program gets its environment only after the fork. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Adds one to the number at the beginning of the file, and returns it; 0 if there is no file. */
static uint64_t count(const char *file) {
    static uint64_t *counter;
    if (counter == NULL) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            return 0;
        counter = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        syscall(SYS_close, fd);
    }
    return __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static uint64_t number(const char *name) {
    const char *text = getenv(name);
    return text == NULL ? 0 : strtoull(text, NULL, 10);
}

/* Appends the failing call to the file FAIL_RECORD. */
static void record(uint64_t call, const char *name, const char *path) {
    const char *file = getenv("FAIL_RECORD");
    char line[PATH_MAX + 64];
    if (file == NULL)
        return;
    int length = snprintf(line, sizeof line, "%llu %s %s\n", (unsigned long long)call, name, path);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CREAT, 0666);
    syscall(SYS_write, fd, line, length);
    syscall(SYS_close, fd);
}

/* The error number with which a call on this absolute path fails: 0 for none, -1 for a short write. */
static int failure(const char *name, const char *path) {
    const char *below = getenv("FAIL_BELOW"), *counter = getenv("FAIL_COUNTER");
    if (below == NULL || counter == NULL || strncmp(path, below, strlen(below)) != 0)
        return 0;
    int saved = errno;
    uint64_t call = count(counter);
    int fails = call >= number("FAIL_FIRST") && call <= number("FAIL_LAST");
    if (fails || number("FAIL_LAST") == 0)
        record(call, name, path);
    errno = saved;
    if (!fails)
        return 0;
    const char *with = getenv("FAIL_WITH");
    return with != NULL && strcmp(with, "short") == 0 ? -1 : (int)number("FAIL_WITH");
}

static int of_file(const char *name, int fd) {
    char link[64], path[PATH_MAX];
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (length <= 0)
        return 0;
    path[length] = '\0';
    return failure(name, path);
}

static int of_path(const char *name, int folder, const char *path) {
    char whole[2 * PATH_MAX], base[PATH_MAX] = "", link[64];
    if (path == NULL)
        return 0;
    if (path[0] == '/')
        return failure(name, path);
    int saved = errno;
    if (folder == AT_FDCWD) {
        if (getcwd(base, sizeof base) == NULL)
            base[0] = '\0';
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, base, sizeof base - 1);
        base[length > 0 ? length : 0] = '\0';
    }
    errno = saved;
    snprintf(whole, sizeof whole, "%s/%s", base, path);
    return failure(name, whole);
}

/* For calls that cannot be cut short, a short write is no failure. */
#define FAIL_OR(error, result)                                                                     \
    do {                                                                                           \
        int number_ = (error);                                                                     \
        if (number_ > 0) {                                                                         \
            errno = number_;                                                                       \
            return result;                                                                         \
        }                                                                                          \
    } while (0)

static size_t cut(int error, size_t size) { return error < 0 && size > 1 ? size / 2 : size; }

ssize_t write(int fd, const void *bytes, size_t size) {
    int error = of_file("write", fd);
    FAIL_OR(error, -1);
    return REAL(write)(fd, bytes, cut(error, size));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    int error = of_file("pwrite", fd);
    FAIL_OR(error, -1);
    return REAL(pwrite64)(fd, bytes, cut(error, size), at);
}

ssize_t writev(int fd, const struct iovec *parts, int number_of_parts) {
    int error = of_file("writev", fd);
    FAIL_OR(error, -1);
    return REAL(writev)(fd, parts, error < 0 && number_of_parts > 1 ? 1 : number_of_parts);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size) {
    int error = of_file("sendfile", to);
    FAIL_OR(error, -1);
    return REAL(sendfile64)(to, from, at, cut(error, size));
}

int ftruncate64(int fd, off64_t size) {
    FAIL_OR(of_file("ftruncate", fd), -1);
    return REAL(ftruncate64)(fd, size);
}

int fsync(int fd) {
    FAIL_OR(of_file("fsync", fd), -1);
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    FAIL_OR(of_file("fdatasync", fd), -1);
    return REAL(fdatasync)(fd);
}

int rename(const char *from, const char *to) {
    FAIL_OR(of_path("rename", AT_FDCWD, to), -1);
    return REAL(rename)(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    FAIL_OR(of_path("rename", to_folder, to), -1);
    return REAL(renameat)(from_folder, from, to_folder, to);
}

int link(const char *from, const char *to) {
    FAIL_OR(of_path("link", AT_FDCWD, to), -1);
    return REAL(link)(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    FAIL_OR(of_path("link", to_folder, to), -1);
    return REAL(linkat)(from_folder, from, to_folder, to, flags);
}

int mkdir(const char *path, mode_t mode) {
    FAIL_OR(of_path("mkdir", AT_FDCWD, path), -1);
    return REAL(mkdir)(path, mode);
}

#define FOR_WRITING(flags) (((flags) & O_ACCMODE) != O_RDONLY || ((flags) & O_CREAT))

#define MODE_OF(flags)                                                                             \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode = va_arg(more, mode_t);                                                               \
        va_end(more);                                                                              \
    }

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...) {                                                   \
        MODE_OF(flags)                                                                             \
        if (FOR_WRITING(flags))                                                                    \
            FAIL_OR(of_path("open", AT_FDCWD, path), -1);                                          \
        return REAL(name)(path, flags, mode);                                                      \
    }

#define OPENAT(name)                                                                               \
    int name(int folder, const char *path, int flags, ...) {                                       \
        MODE_OF(flags)                                                                             \
        if (FOR_WRITING(flags))                                                                    \
            FAIL_OR(of_path("open", folder, path), -1);                                            \
        return REAL(name)(folder, path, flags, mode);                                              \
    }

#define FOPEN(name)                                                                                \
    FILE *name(const char *path, const char *how) {                                                \
        if (strpbrk(how, "wa+") != NULL)                                                           \
            FAIL_OR(of_path("open", AT_FDCWD, path), NULL);                                        \
        return REAL(name)(path, how);                                                              \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
FOPEN(fopen)
FOPEN(fopen64)
