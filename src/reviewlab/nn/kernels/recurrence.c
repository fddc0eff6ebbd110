/* The recurrence of LSTM, GRU and RNN layers, forwards and backwards, for x86-64.
 *
 * A matrix has one row for each unit and one column for each word of a review. Loops over columns
 * are innermost, so that they work on vectors. The columns of all steps follow one another without
 * padding: step t has the columns from starts[t] to below starts[t + 1]. The first alive[t] of
 * them are the reviews that have a step t; the rest only round the number up to whole vectors.
 * The product with the input and the gradients of the weights are therefore one matrix product
 * each.
 *
 * The arithmetic is compiled for any x86-64 processor, for AVX2 with FMA, and for AVX-512. The
 * library contains all three, and the caller chooses by `has_avx2` and `has_avx512`. Their results
 * differ in rounding, since FMA rounds once where two separate operations round twice, and since
 * torch's products depend on the number of columns.
 */

#if !defined(__x86_64__) || !defined(__GNUC__)
#error "the kernel is written for gcc or clang on x86-64; other platforms use torch's layers"
#endif

#include <immintrin.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "sequence.h"

#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define INLINE static inline __attribute__((always_inline))

/* The version of the functions' arguments; must be the same in `library.py`. */
int version(void) { return 2; }

int has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

int has_avx512(void) { return has_avx2() && __builtin_cpu_supports("avx512f"); }

/* Ask for pages of 2 MiB for memory that has not been used yet; nothing happens without them. */
int64_t use_large_pages(char *memory, int64_t bytes) {
#ifdef MADV_HUGEPAGE
    const uintptr_t page = (uintptr_t)1 << 21;
    const uintptr_t begin = ((uintptr_t)memory + page - 1) & -page;
    const uintptr_t end = ((uintptr_t)memory + (uintptr_t)bytes) & -page;
    if (begin < end) return madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#endif
    return 0;
}

/* Moving rows is compiled once for each type, whatever the vector width. */

#define REAL float
#define TYPE f32
#include "lookup.h"
#undef REAL
#undef TYPE
#define REAL double
#define TYPE f64
#include "lookup.h"
#undef REAL
#undef TYPE

/* Each include defines the functions of one type, for vectors of `BYTES` bytes. A product computes
 * `TILE` rows at a time: as many as leave a register for each of their vectors. */

#define REAL float
#define INTEGER int32_t
#define TYPE f32
#define WIDTH sse2
#define BYTES 16
#define TILE 4
#define SMALLER _mm_min_ps
#define LARGER _mm_max_ps
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
#undef WIDTH
#undef BYTES
#undef TILE

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define WIDTH avx2
#define BYTES 32
#define TILE 4
#define SMALLER _mm256_min_ps
#define LARGER _mm256_max_ps
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
#undef REAL
#undef INTEGER
#undef TYPE

#define REAL double
#define INTEGER int64_t
#define TYPE f64
#define SMALLER _mm256_min_pd
#define LARGER _mm256_max_pd
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
#undef WIDTH
#undef BYTES
#undef TILE
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx2,fma")
#endif
#define WIDTH avx512
#define BYTES 64
#define TILE 8
#define SMALLER _mm512_min_pd
#define LARGER _mm512_max_pd
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
#undef REAL
#undef INTEGER
#undef TYPE

#define REAL float
#define INTEGER int32_t
#define TYPE f32
#define SMALLER _mm512_min_ps
#define LARGER _mm512_max_ps
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
#undef REAL
#undef INTEGER
#undef TYPE
#undef WIDTH
#undef BYTES
#undef TILE
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#define REAL double
#define INTEGER int64_t
#define TYPE f64
#define WIDTH sse2
#define BYTES 16
#define TILE 4
#define SMALLER _mm_min_pd
#define LARGER _mm_max_pd
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
