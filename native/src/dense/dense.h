// The products of a dense layer, one tile of the result at a time.
#ifndef RECTIFIER_DENSE_DENSE_H
#define RECTIFIER_DENSE_DENSE_H

#include "../engine/table.h"
#include "product.h"

namespace {

// The tile of c = a * b, for a c of row after row.
template <class S>
void multiply_tile(
    const Matrix<const S>& a, const Matrix<const S>& b, S* c, int64_t c_row, int64_t terms, const Tile& t) {
    Product<S>{a.from(t.row, 0), b.from(0, t.column), c + t.row * c_row + t.column, c_row, t.rows, t.columns, terms}();
}

// Bias and activation follow while the tile is still in cache.
template <class S>
void dense_forward(const Elementwise* f, const Parameters& parameters, const S* x, const S* w, const S* b, S* z, S* y,
    int64_t inputs, int64_t units, const Tile& t) {
    multiply_tile<S>({x, inputs, 1}, {w, units, 1}, z, units, inputs, t);
    for (int64_t row = t.row; row < t.row + t.rows; ++row) {
        S* sums = z + row * units + t.column;
        for_each([](auto v, auto bias) { return add(v, bias); }, t.columns, sums, sums, b + t.column);
        S* to = y + row * units + t.column;
        if (f != nullptr) {
            f->of<S>().forward(parameters, sums, to, t.columns, false);
        } else if (to != sums) {
            std::memcpy(to, sums, size_t(t.columns) * sizeof(S));
        }
    }
}

template <class S>
void dense_input_gradient(const S* w, const S* dz, S* dx, int64_t inputs, int64_t units, const Tile& t) {
    multiply_tile<S>({dz, units, 1}, {w, 1, units}, dx, inputs, units, t);
}

template <class S>
void dense_weight_gradient(
    const S* x, const S* dz, S* dw, int64_t batch, int64_t inputs, int64_t units, const Tile& t) {
    multiply_tile<S>({x, 1, inputs}, {dz, units, 1}, dw, units, batch, t);
}

// db[u] = the sum over the batch, for the units [first, last), in double.
template <class S>
void dense_bias_gradient(const S* dz, S* db, int64_t batch, int64_t units, int64_t first, int64_t last) {
    constexpr int width = 64;
    for (int64_t u = first; u < last; u += width) {
        const int64_t n = last - u < width ? last - u : width;
        double sums[width] = {};
        for (int64_t row = 0; row < batch; ++row) {
            const S* from = dz + row * units + u;
            for (int64_t i = 0; i < n; ++i) {
                sums[i] += double(element(from + i));
            }
        }
        for (int64_t i = 0; i < n; ++i) {
            set_element(db + u + i, S(sums[i]));
        }
    }
}

}  // namespace

#endif
