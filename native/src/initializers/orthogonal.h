// Householder's QR factorization with IEEE +, -, *, / and square root in a fixed order: the same bits everywhere. A
// column undergoes the same operations however columns are grouped. The Java reference says the same in
// Orthonormal.java.
#ifndef RECTIFIER_INITIALIZERS_ORTHOGONAL_H
#define RECTIFIER_INITIALIZERS_ORTHOGONAL_H

#include <cmath>

#include "../engine/table.h"

namespace {

// Reflects `columns` columns of a: a -= v (scale v^T a), for the column v whose first element counts as 1. Sums run
// down the rows, so that columns can be worked on side by side.
inline void reflect_columns(
    const double* v, int64_t v_stride, double scale, int64_t rows, double* a, int64_t a_stride, int64_t columns) {
    double sums[reflector_columns];
    for (int64_t j = 0; j < columns; ++j) {
        sums[j] = a[j];
    }
    for (int64_t i = 1; i < rows; ++i) {
        const double v_i = v[i * v_stride];
        const double* row = a + i * a_stride;
        for (int64_t j = 0; j < columns; ++j) {
            sums[j] += v_i * row[j];
        }
    }
    for (int64_t j = 0; j < columns; ++j) {
        sums[j] *= scale;
        a[j] -= sums[j];
    }
    for (int64_t i = 1; i < rows; ++i) {
        const double v_i = v[i * v_stride];
        double* row = a + i * a_stride;
        for (int64_t j = 0; j < columns; ++j) {
            row[j] -= v_i * sums[j];
        }
    }
}

// Makes the columns upper triangular by one reflection each. Leaves R's diagonal in its place, the reflectors below it,
// and their factors in scales.
inline void factor_columns(const ColumnGroup& c, double* scales) {
    for (int64_t j = 0; j < c.count; ++j) {
        const int64_t k = c.first + j, below = c.rows - k;
        double* x = c.at + k * c.count + j;
        double squares = 0;
        for (int64_t i = 1; i < below; ++i) {
            squares += x[i * c.count] * x[i * c.count];
        }
        if (squares == 0) {
            scales[k] = 0;
            continue;
        }
        const double head = x[0], norm = std::sqrt(head * head + squares);
        // The sign that the head hasn't, so that their difference loses no digits.
        const double diagonal = head < 0 ? norm : -norm;
        const double divisor = head - diagonal;
        for (int64_t i = 1; i < below; ++i) {
            x[i * c.count] /= divisor;
        }
        x[0] = diagonal;
        scales[k] = (diagonal - head) / diagonal;
        reflect_columns(x, c.count, scales[k], below, x + 1, c.count, c.count - j - 1);
    }
}

inline void reflect(const ColumnGroup& reflectors, int64_t j, const double* scales, const ColumnGroup& c) {
    const int64_t k = reflectors.first + j;
    reflect_columns(reflectors.at + k * reflectors.count + j, reflectors.count, scales[k], c.rows - k,
        c.at + k * c.count, c.count, c.count);
}

// Applies the reflections that factor_columns left in `reflectors`, the first one first.
inline void reflect_forwards(const ColumnGroup& reflectors, const double* scales, const ColumnGroup& c) {
    for (int64_t j = 0; j < reflectors.count; ++j) {
        reflect(reflectors, j, scales, c);
    }
}

// The same, the last one first.
inline void reflect_backwards(const ColumnGroup& reflectors, const double* scales, const ColumnGroup& c) {
    for (int64_t j = reflectors.count - 1; j >= 0; --j) {
        reflect(reflectors, j, scales, c);
    }
}

}  // namespace

#endif
