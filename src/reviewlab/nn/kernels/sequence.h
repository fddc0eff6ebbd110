/* The columns of a batch: which review is in which column of each step. */

#ifndef SEQUENCE_H
#define SEQUENCE_H

#define BLOCK 8 /* columns that are moved together: a step's number of columns is a multiple of it */

typedef struct {
    int64_t batch;         /* reviews */
    int64_t steps;         /* steps of the longest review */
    int64_t columns;       /* columns of the first step, which has the most */
    int64_t total;         /* columns of all steps together: the length of a matrix row */
    const int64_t *starts; /* [steps + 1] first column of each step */
    const int64_t *alive;  /* [steps + 1] number of reviews that have this step; 0 at the end */
    const int64_t *rows;   /* [total] each column's row in the input: step * batch + review */
} Sequence;

/* The first column of a step whose state is given; with `ends`, only reviews that end here. */
static inline int64_t first_given(const Sequence *sequence, int64_t step, int64_t ends) {
    return ends ? sequence->alive[step + 1] : 0;
}

/* The row of the output that has the state of a step's column `k`; with `ends`, the review's. */
static inline int64_t given_row(const Sequence *sequence, int64_t step, int64_t k, int64_t ends) {
    const int64_t row = sequence->rows[sequence->starts[step] + k];
    return ends ? row % sequence->batch : row;
}

/* One step of a sequence as a sequence of its own; `starts` is memory for its two. */
static inline Sequence one_step(const Sequence *whole, int64_t step, int64_t *starts) {
    const int64_t first = whole->starts[step];
    starts[0] = 0, starts[1] = whole->starts[step + 1] - first;
    return (Sequence){whole->batch, 1,      whole->columns,      starts[1],
                      starts,       whole->alive + step, whole->rows + first};
}

/* Move each review to the left: `ids` [batch, steps] to `aligned` [steps, batch], whose values after
 * a review's end are arbitrary ids. `mask` is 1 for words. An empty review has length 1. Several
 * reviews are moved at a time, so that writes are contiguous. */
void align(int64_t batch, int64_t steps, const int64_t *ids, const uint8_t *mask, int64_t *aligned,
           int64_t *lengths) {
    for (int64_t begin = 0; begin < batch; begin += BLOCK) {
        const int64_t count = batch - begin < BLOCK ? batch - begin : BLOCK;
        int64_t starts[BLOCK];
        for (int64_t k = 0; k < count; k++) {
            const uint8_t *const words = mask + (begin + k) * steps;
            const uint8_t *const first = memchr(words, 1, (size_t)steps);
            int64_t length = 0;
            for (int64_t step = 0; step < steps; step++) length += words[step];
            starts[k] = first ? first - words : 0;
            lengths[begin + k] = length > 0 ? length : 1;
        }
        for (int64_t step = 0; step < steps; step++)
            for (int64_t k = 0; k < count; k++) {
                const int64_t from = starts[k] + step < steps ? starts[k] + step : steps - 1;
                aligned[step * batch + begin + k] = ids[(begin + k) * steps + from];
            }
    }
}

/* Sort the reviews of a batch by length, the longest first; equally long ones keep their order.
 *
 * A step's number of columns is rounded up to a multiple of `multiple`, which is one of `BLOCK` and
 * of the vector's numbers. Writes `order` [batch] and
 * the arrays of a `Sequence`; `backward`, unless it is NULL, receives the rows for reading each
 * review from its end. A column that only rounds up repeats the row of its step's last review; it
 * is computed but never read. Returns the number of columns in all steps together.
 */
int64_t arrange(int64_t batch, int64_t steps, int64_t multiple, const int64_t *lengths,
                int64_t *order, int64_t *starts, int64_t *alive, int64_t *rows,
                int64_t *backward) {
    int64_t placed = 0, column = 0;
    for (int64_t length = steps; length > 0; length--) {
        for (int64_t review = 0; review < batch; review++)
            if (lengths[review] == length) order[placed++] = review;
        alive[length - 1] = placed;
    }
    alive[steps] = 0;
    for (int64_t step = 0; step < steps; step++) {
        const int64_t width = (alive[step] + multiple - 1) / multiple * multiple;
        starts[step] = column;
        for (int64_t k = 0; k < width; k++, column++) {
            const int64_t review = order[k < alive[step] ? k : alive[step] - 1];
            rows[column] = step * batch + review;
            if (backward) backward[column] = (lengths[review] - 1 - step) * batch + review;
        }
    }
    starts[steps] = column;
    return column;
}

#endif
