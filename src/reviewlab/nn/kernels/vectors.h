/* Vectors of one type and width: exponentials, activations and a product of matrices. */

#define NAME(name) JOIN(name, TYPE, WIDTH)
#define VECTOR NAME(vector)
#define MASK NAME(mask)
#define LANES ((int64_t)(BYTES / sizeof(REAL)))

typedef REAL VECTOR __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias));
typedef INTEGER MASK __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias));

#ifndef CONSTANTS_OF_TYPE
#define CONSTANTS_OF_TYPE
#define LOG2_E 1.44269504088896340736
/* ln 2 in two parts, of which the first has so few bits that its multiples are exact. */
#define LN2_HIGH (sizeof(REAL) == 4 ? 0.693359375 : 0x1.62e42fefa0000p-1)
#define LN2_LOW (sizeof(REAL) == 4 ? -2.12194440054690583e-4 : 0x1.cf79abc9e3b39p-40)
/* Adding it rounds to an integer, which is then in the lowest bits. */
#define SHIFT (sizeof(REAL) == 4 ? 0x1.8p23 : 0x1.8p52)
#define MANTISSA (sizeof(REAL) == 4 ? 23 : 52)
#define BIAS (sizeof(REAL) == 4 ? 127 : 1023)
#define LARGEST (sizeof(REAL) == 4 ? 80.0 : 700.0) /* exponents stay in range, results are exact */
/* Terms of the series of e^r - 1 for r up to ln(2)/2: the rest is below one rounding. */
#define TERMS (sizeof(REAL) == 4 ? 7 : 13)
static const double INVERSE_FACTORIALS[] = {
    1.0,           1.0 / 2,       1.0 / 6,        1.0 / 24,        1.0 / 120,
    1.0 / 720,     1.0 / 5040,    1.0 / 40320,    1.0 / 362880,    1.0 / 3628800,
    1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
#endif

INLINE VECTOR NAME(load)(const REAL *from) { return *(const VECTOR *)from; }

INLINE void NAME(store)(REAL *to, VECTOR value) { *(VECTOR *)to = value; }

/* e^x - 1, exact for small x too; NaN stays NaN. */
INLINE VECTOR NAME(expm1)(VECTOR x) {
    const VECTOR zero = {0};
    const VECTOR largest = zero + (REAL)LARGEST;
    x = LARGER(-largest, SMALLER(largest, x)); /* of NaN, both return their second argument: NaN */
    const VECTOR shifted = x * (REAL)LOG2_E + (REAL)SHIFT;
    const VECTOR power = shifted - (REAL)SHIFT;
    const VECTOR r = (x - power * (REAL)LN2_HIGH) - power * (REAL)LN2_LOW;
    VECTOR sum = zero + (REAL)INVERSE_FACTORIALS[TERMS - 1];
#pragma GCC unroll 16
    for (int term = TERMS - 2; term >= 0; term--) sum = sum * r + (REAL)INVERSE_FACTORIALS[term];
    const VECTOR scale = (VECTOR)(((MASK)shifted << MANTISSA) + ((INTEGER)BIAS << MANTISSA));
    return scale * (sum * r) + (scale - (REAL)1);
}

INLINE VECTOR NAME(sigmoid)(VECTOR x) { return (REAL)1 / (NAME(expm1)(-x) + (REAL)2); }

INLINE VECTOR NAME(tanh)(VECTOR x) {
    const VECTOR grown = NAME(expm1)(x + x);
    return grown / (grown + (REAL)2);
}

/* Compute `count` rows by `vectors` vectors of `out (+)= weights @ right`, summed in registers; the
 * rows share each vector of `right` that is loaded. */
INLINE void NAME(tile)(const int count, const int vectors, const int add, int64_t inner,
                       const REAL *weights, const REAL *right, int64_t right_stride, REAL *out,
                       int64_t stride) {
    VECTOR sums[TILE][2];
    for (int row = 0; row < count; row++)
        for (int v = 0; v < vectors; v++) {
            const VECTOR zero = {0};
            sums[row][v] = add ? NAME(load)(out + row * stride + v * LANES) : zero;
        }
    for (int64_t k = 0; k < inner; k++)
        for (int v = 0; v < vectors; v++) {
            const VECTOR values = NAME(load)(right + k * right_stride + v * LANES);
            for (int row = 0; row < count; row++) sums[row][v] += weights[row * inner + k] * values;
        }
    for (int row = 0; row < count; row++)
        for (int v = 0; v < vectors; v++)
            NAME(store)(out + row * stride + v * LANES, sums[row][v]);
}

INLINE void NAME(strip)(const int vectors, const int add, int64_t rows, int64_t inner,
                        const REAL *weights, const REAL *right, int64_t right_stride, REAL *out,
                        int64_t stride) {
    int64_t row = 0;
    for (; row + TILE <= rows; row += TILE) {
        for (int64_t next = row + TILE; next < row + 2 * TILE && next < rows; next++)
            for (int v = 0; v < vectors; v++) /* rows are far apart in memory */
                __builtin_prefetch(out + next * stride + v * LANES, 1);
        NAME(tile)(TILE, vectors, add, inner, weights + row * inner, right, right_stride,
                   out + row * stride, stride);
    }
    for (; row + TILE / 2 <= rows; row += TILE / 2)
        NAME(tile)(TILE / 2, vectors, add, inner, weights + row * inner, right, right_stride,
                   out + row * stride, stride);
    for (; row < rows; row++)
        NAME(tile)(1, vectors, add, inner, weights + row * inner, right, right_stride,
                   out + row * stride, stride);
}

/* `out (+)= weights @ right`: weights [rows, inner], right [inner, columns], out [rows, columns].
 *
 * Every sum runs over `inner` in the same order, whatever its column, so that a review's states do
 * not depend on the other reviews of its batch.
 */
INLINE void NAME(product)(const int add, int64_t rows, int64_t inner, int64_t columns,
                          const REAL *weights, const REAL *right, int64_t right_stride, REAL *out,
                          int64_t stride) {
    int64_t column = 0;
    for (; column + 2 * LANES <= columns; column += 2 * LANES)
        NAME(strip)(2, add, rows, inner, weights, right + column, right_stride, out + column,
                    stride);
    for (; column < columns; column += LANES)
        NAME(strip)(1, add, rows, inner, weights, right + column, right_stride, out + column,
                    stride);
}
