/* The recurrence of LSTM, GRU and RNN layers, forwards and backwards, for x86-64.
 *
 * A matrix has one row for each unit and one column for each word of a review. Loops over columns
 * are innermost, so that they work on vectors. The columns of all steps follow one another without
 * padding: step t has the columns from starts[t] to below starts[t + 1]. The first alive[t] of
 * them are the reviews that have a step t; the rest only round the number up to a multiple of 8.
 * The product with the input and the gradients of the weights are therefore one matrix product
 * each.
 *
 * The arithmetic is compiled once for any x86-64 processor and once with AVX2 and FMA. The library
 * contains both, and the caller chooses by `has_avx2`. Their results differ in rounding, since FMA
 * rounds once where two separate operations round twice.
 */

#if !defined(__x86_64__) || !defined(__GNUC__)
#error "the kernel is written for gcc or clang on x86-64; other platforms use torch's layers"
#endif

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "sequence.h"

#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define INLINE static inline __attribute__((always_inline))

int has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* Let this thread compute with 0 instead of subnormal numbers; return its mode until now. */
uint32_t flush_to_zero(void) {
    const uint32_t before = _mm_getcsr();
    _mm_setcsr(before | _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON); /* results, and operands */
    return before;
}

void restore_mode(uint32_t before) { _mm_setcsr(before); }

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

/* Each include defines the functions of one type, for vectors of `BYTES` bytes. */

#define REAL float
#define INTEGER int32_t
#define TYPE f32
#define WIDTH sse2
#define BYTES 16
#define SMALLER _mm_min_ps
#define LARGER _mm_max_ps
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
#undef WIDTH
#undef BYTES

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define WIDTH avx2
#define BYTES 32
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
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#define WIDTH sse2
#define BYTES 16
#define SMALLER _mm_min_pd
#define LARGER _mm_max_pd
#include "vectors.h"
#include "cells.h"
#undef SMALLER
#undef LARGER
