/* Look up a table's rows by word, and add up their gradients, without a matrix of word vectors. */

#define LOOK(name) JOIN(name, TYPE, rows)

/* gates[unit, column] = table[word of the column, unit]; eight columns at a time, so that both
 * reads and writes are contiguous. Returns 0, or 1 if an id is not in the table. */
int64_t LOOK(lookup)(const Sequence *sequence, int64_t units, int64_t ids, const int64_t *words,
                     const REAL *table, REAL *gates) {
    const int64_t total = sequence->total;
    for (int64_t column = 0; column < total; column++)
        if ((uint64_t)words[sequence->rows[column]] >= (uint64_t)ids) return 1;
    for (int64_t column = 0; column < total; column += BLOCK) {
        const REAL *from[BLOCK];
        for (int k = 0; k < BLOCK; k++)
            from[k] = table + words[sequence->rows[column + k]] * units;
        for (int64_t unit = 0; unit < units; unit++)
            for (int k = 0; k < BLOCK; k++) gates[unit * total + column + k] = from[k][unit];
    }
    return 0;
}

/* The gradient of `lookup`: add each column of `deltas` to its word's row of `table`. */
void LOOK(lookup_gradient)(const Sequence *sequence, int64_t units, const int64_t *words,
                           const REAL *deltas, REAL *table) {
    const int64_t total = sequence->total;
    for (int64_t column = 0; column < total; column += BLOCK) {
        REAL *to[BLOCK];
        for (int k = 0; k < BLOCK; k++)
            to[k] = table + words[sequence->rows[column + k]] * units;
        for (int64_t unit = 0; unit < units; unit++)
            for (int k = 0; k < BLOCK; k++) to[k][unit] += deltas[unit * total + column + k];
    }
}

/* Copy rows [columns, units] to their places in the order of the input, [steps x batch, units]. */
void LOOK(scatter)(const Sequence *sequence, int64_t units, const REAL *from, REAL *to) {
    for (int64_t step = 0; step < sequence->steps; step++)
        for (int64_t k = 0; k < sequence->alive[step]; k++) {
            const int64_t column = sequence->starts[step] + k;
            memcpy(to + sequence->rows[column] * units, from + column * units,
                   (size_t)units * sizeof(REAL));
        }
}
