// The products of a dense layer, by Eigen, one tile of the result at a time. The caller fixes the tiles by the shape
// alone, and with them every sum's order.
#ifndef RECTIFIER_DENSE_DENSE_H
#define RECTIFIER_DENSE_DENSE_H

#include <Eigen/Core>
#include <new>

#include "../engine/loop.h"
#include "../engine/table.h"
#include "rectifier.h"

namespace {

template <class S>
using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class S>
using Block = Eigen::Map<Matrix<S>, Eigen::Unaligned, Eigen::OuterStride<>>;
template <class S>
using ConstBlock = Eigen::Map<const Matrix<S>, Eigen::Unaligned, Eigen::OuterStride<>>;

template <class S>
Block<S> block(S* matrix, int64_t columns, const Tile& t) {
    return Block<S>(matrix + t.row * columns + t.column, t.rows, t.columns, Eigen::OuterStride<>(columns));
}
template <class S>
ConstBlock<S> block(const S* matrix, int64_t columns, const Tile& t) {
    return ConstBlock<S>(matrix + t.row * columns + t.column, t.rows, t.columns, Eigen::OuterStride<>(columns));
}

// to = a * b, or out of memory for Eigen's packing buffers.
template <class To, class A, class B>
int32_t multiply_matrices(To to, const A& a, const B& b) {
    // Eigen blocks a product, and so orders its sums, by the sizes of the caches; fixed sizes make that the same on
    // every machine with the same instruction set.
    static const bool fixed = (Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20), true);
    static_cast<void>(fixed);
    try {
        to.noalias() = a * b;
        return RECTIFIER_OK;
    } catch (const std::bad_alloc&) {
        return RECTIFIER_OUT_OF_MEMORY;
    }
}

// Bias and activation follow while the tile is still in cache.
template <class S>
int32_t dense_forward(const Elementwise* f, const Parameters& parameters, const S* x, const S* w, const S* b, S* z,
    S* y, int64_t inputs, int64_t units, const Tile& t) {
    const int32_t status = multiply_matrices(block(z, units, t), block(x, inputs, {t.row, t.rows, 0, inputs}),
        block(w, units, {0, inputs, t.column, t.columns}));
    if (status != RECTIFIER_OK) {
        return status;
    }
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
    return RECTIFIER_OK;
}

template <class S>
int32_t dense_input_gradient(const S* w, const S* dz, S* dx, int64_t inputs, int64_t units, const Tile& t) {
    return multiply_matrices(block(dx, inputs, t), block(dz, units, {t.row, t.rows, 0, units}),
        block(w, units, {t.column, t.columns, 0, units}).transpose());
}

template <class S>
int32_t dense_weight_gradient(
    const S* x, const S* dz, S* dw, int64_t batch, int64_t inputs, int64_t units, const Tile& t) {
    return multiply_matrices(block(dw, units, t), block(x, inputs, {0, batch, t.row, t.rows}).transpose(),
        block(dz, units, {0, batch, t.column, t.columns}));
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
                sums[i] += double(from[i]);
            }
        }
        for (int64_t i = 0; i < n; ++i) {
            db[u + i] = S(sums[i]);
        }
    }
}

}  // namespace

#endif
