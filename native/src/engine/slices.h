// What functions along an axis are written in: one row, or a block of neighbouring columns, in the same terms and with
// the same bits. A number per slice is kept in as many cells as there are columns in a block, or running sums of a row,
// where it is the same in all of them.
#ifndef RECTIFIER_ENGINE_SLICES_H
#define RECTIFIER_ENGINE_SLICES_H

#include <algorithm>
#include <new>

#include "loop.h"
#include "sum.h"

namespace {

// A number per slice.
template <class T, int N>
struct PerSlice {
    T of[N];
};

// Which running sum an element goes to.
struct Place {
    int group, lane;
};

// f of an element and of packets that are the same for all elements.
template <class F, class... P>
auto with_last(const F& f, P... last) {
    return [f, last...](auto... elements) { return f(elements..., last...); };
}

// A slice of n elements side by side in memory.
template <class S>
class Row {
    using P = Packet<S>;
    const int64_t n;

  public:
    // Those that packets of per-slice numbers are read from.
    static constexpr int cells = sum_lanes, packet_cells = lanes<P>;
    static_assert(packet_cells <= cells, "a packet of numbers per slice");
    using Numbers = PerSlice<S, cells>;

    explicit Row(int64_t n) : n(n) {}

    // destination[i] = f(source[i], numbers...)
    template <class F, int... N>
    void map(const F& f, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        for_each(with_last(f, load<P>(numbers.of)...), n, destination, source);
    }
    template <class F, int... N>
    void map(const F& f, S* destination, const S* a, const S* b, const PerSlice<S, N>&... numbers) const {
        for_each(with_last(f, load<P>(numbers.of)...), n, destination, a, b);
    }

    // body(cell, place, sources[i]...) for all elements.
    template <class Body, class... Sources>
    void visit(const Body& body, const Sources*... sources) const {
        visit_run(body, n, sources...);
    }

    // body(cell, place, f(source[i], numbers...)) for all elements.
    template <class Body, class F, int... N>
    void visit_mapped(const Body& body, const F& f, const S* source, const PerSlice<S, N>&... numbers) const {
        constexpr int64_t run = 16 * sum_lanes;
        S values[run];
        for (int64_t i = 0; i < n; i += run) {
            const int64_t m = n - i < run ? n - i : run;
            for_each(with_last(f, load<P>(numbers.of)...), m, values, source + i);
            visit_run(body, m, values);
        }
    }

    // destination[i] = hi and body(cell, place, hi, lo) of the pair f(source[i], numbers...), for all elements.
    template <class Body, class F, int... N>
    void map_and_visit(
        const Body& body, const F& f, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        constexpr int64_t run = 16 * sum_lanes;
        S lost[run];
        for (int64_t i = 0; i < n; i += run) {
            const int64_t m = n - i < run ? n - i : run;
            for_each_pair(with_last(f, load<P>(numbers.of)...), m, destination + i, lost, source + i);
            visit_run(body, m, destination + i, static_cast<const S*>(lost));
        }
    }

    // f(cell) for every slice.
    template <class F>
    auto each(const F& f) const {
        const auto value = f(0);
        PerSlice<std::remove_const_t<decltype(value)>, cells> result;
        for (auto& v : result.of) {
            v = value;
        }
        return result;
    }

    // A sum per slice.
    template <class T>
    class Sums {
        LaneSum<T> sum;

      public:
        explicit Sums(const Row&) {}

        template <class Term>
        void add(Place place, Term term) {
            sum.add(place.lane, term);
        }

        PerSlice<Total, cells> totals() {
            PerSlice<Total, cells> result;
            std::fill_n(result.of, cells, total(sum));
            return result;
        }
    };

    // The greatest of x[i] or, if it is `negated`, of -x[i]; or something that isn't it if there is a NaN.
    template <bool negated>
    Numbers greatest(const S* x) const {
        constexpr int width = lanes<P>;
        const auto greater = [](auto a, auto b) { return select(less(a, b), b, a); };
        const auto loaded = [x](int64_t i) { return negated ? negate(load<P>(x + i)) : load<P>(x + i); };
        const auto one = [x](int64_t i) { return negated ? -x[i] : x[i]; };
        S result = one(0);
        int64_t i = 0;
        if (n >= width) {
            P a = loaded(0), b = a, c = a, d = a;
            for (; i + 4 * width <= n; i += 4 * width) {
                a = greater(a, loaded(i));
                b = greater(b, loaded(i + width));
                c = greater(c, loaded(i + 2 * width));
                d = greater(d, loaded(i + 3 * width));
            }
            for (; i + width <= n; i += width) {
                a = greater(a, loaded(i));
            }
            S lane[width];
            store(lane, greater(greater(a, b), greater(c, d)));
            for (S m : lane) {
                result = m > result ? m : result;
            }
        }
        for (; i < n; ++i) {
            result = one(i) > result ? one(i) : result;
        }
        return each([result](int) { return result; });
    }

    // y[i] = 1 for the first i with x[i] == number, 0 for all others; or NaN for all if the number is.
    void one_hot(S* y, const S* x, const Numbers& number) const {
        int64_t first = 0;
        while (first < n && x[first] != number.of[0]) {
            ++first;
        }
        const S zero = number.of[0] == number.of[0] ? S(0) : number.of[0];
        for (int64_t i = 0; i < n; ++i) {
            y[i] = zero;
        }
        if (first < n) {
            y[first] = 1;
        }
    }

  private:
    template <class Body, class... Sources>
    static void visit_run(const Body& body, int64_t m, const Sources*... sources) {
        int64_t i = 0;
        for (; i + sum_lanes <= m; i += sum_lanes) {
            for (int lane = 0; lane < sum_lanes; ++lane) {
                body(lane, Place{0, lane}, sources[i + lane]...);
            }
        }
        for (int lane = 0; i < m; ++i, ++lane) {
            body(lane, Place{0, lane}, sources[i]...);
        }
    }
};

// Up to 64 slices, the next of which is 1 element further and their own elements `inner` apart.
template <class S>
class Columns {
    using P = Packet<S>;
    const int64_t n, inner;
    const int width;

  public:
    static constexpr int cells = 64, packet_cells = cells;
    using Numbers = PerSlice<S, cells>;

    Columns(int64_t n, int64_t inner, int width) : n(n), inner(inner), width(width) {}

    template <class F, int... N>
    void map(const F& f, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        for (int64_t i = 0; i < n; ++i) {
            for_each(f, width, destination + i * inner, source + i * inner, numbers.of...);
        }
    }
    template <class F, int... N>
    void map(const F& f, S* destination, const S* a, const S* b, const PerSlice<S, N>&... numbers) const {
        for (int64_t i = 0; i < n; ++i) {
            for_each(f, width, destination + i * inner, a + i * inner, b + i * inner, numbers.of...);
        }
    }

    template <class Body, class... Sources>
    void visit(const Body& body, const Sources*... sources) const {
        for (int64_t i = 0; i < n; ++i) {
            visit_cells(body, i, (sources + i * inner)...);
        }
    }

    template <class Body, class F, int... N>
    void visit_mapped(const Body& body, const F& f, const S* source, const PerSlice<S, N>&... numbers) const {
        S values[cells];
        for (int64_t i = 0; i < n; ++i) {
            for_each(f, width, values, source + i * inner, numbers.of...);
            visit_cells(body, i, values);
        }
    }

    template <class Body, class F, int... N>
    void map_and_visit(
        const Body& body, const F& f, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        S lost[cells];
        for (int64_t i = 0; i < n; ++i) {
            for_each_pair(f, width, destination + i * inner, lost, source + i * inner, numbers.of...);
            visit_cells(body, i, destination + i * inner, static_cast<const S*>(lost));
        }
    }

    template <class F>
    auto each(const F& f) const {
        PerSlice<decltype(f(0)), cells> result = {};
        for (int cell = 0; cell < width; ++cell) {
            result.of[cell] = f(cell);
        }
        return result;
    }

    // Each running sum of a row, for all columns.
    template <class T>
    class Sums {
        // Those of the elements and the columns that there are.
        const int lanes, groups;
        union {
            LaneSum<T> sum[sum_lanes * cells / sum_lanes];
        };

      public:
        explicit Sums(const Columns& columns)
            : lanes(columns.n < sum_lanes ? int(columns.n) : sum_lanes), groups(columns.groups()) {
            for (int i = 0; i < lanes * groups; ++i) {
                new (sum + i) LaneSum<T>;
            }
        }

        template <class Term>
        void add(Place place, Term term) {
            sum[place.group].add(place.lane, term);
        }

        PerSlice<Total, cells> totals() {
            add_in_halves([&](int i, int j) {
                for (int group = 0; group < groups && j < lanes; ++group) {
                    add_lanes(sum[i * groups + group], sum[j * groups + group]);
                }
            });
            PerSlice<Total, cells> result;
            for (int cell = 0; cell < groups * sum_lanes; ++cell) {
                result.of[cell] = sum[cell / sum_lanes].total(cell % sum_lanes);
            }
            return result;
        }
    };

    template <bool negated>
    Numbers greatest(const S* x) const {
        Numbers result = each([&](int cell) { return negated ? -x[cell] : x[cell]; });
        visit(
            [&](int cell, Place, S v) {
                const S value = negated ? -v : v;
                result.of[cell] = value > result.of[cell] ? value : result.of[cell];
            },
            x);
        return result;
    }

    void one_hot(S* y, const S* x, const Numbers& number) const {
        bool found[cells] = {};
        for (int64_t i = 0; i < n; ++i) {
            for (int cell = 0; cell < width; ++cell) {
                const S sought = number.of[cell];
                const bool is_first = !found[cell] && x[i * inner + cell] == sought;
                y[i * inner + cell] = is_first ? S(1) : sought == sought ? S(0) : sought;
                found[cell] = found[cell] || is_first;
            }
        }
    }

  private:
    int groups() const { return (width + sum_lanes - 1) / sum_lanes; }

    template <class Body, class... Sources>
    void visit_cells(const Body& body, int64_t i, const Sources*... sources) const {
        int group = int(i % sum_lanes) * groups(), first = 0;
        // The constant number of turns makes vector code of it.
        for (; first + sum_lanes <= width; first += sum_lanes, ++group) {
            for (int lane = 0; lane < sum_lanes; ++lane) {
                body(first + lane, Place{group, lane}, sources[first + lane]...);
            }
        }
        for (int lane = 0; first + lane < width; ++lane) {
            body(first + lane, Place{group, lane}, sources[first + lane]...);
        }
    }
};

// The sum of term(sources[i]...) of every slice.
template <class S, class Slices, class Term, class... T>
PerSlice<Total, Slices::cells> totals(const Slices& slices, const Term& term, const T*... sources) {
    typename Slices::template Sums<S> sums(slices);
    slices.visit([&](int, Place place, T... values) { sums.add(place, term(values...)); }, sources...);
    return sums.totals();
}

// Pairs of numbers per slice.
template <class Slices>
struct PairPerSlice {
    typename Slices::Numbers hi, lo;
};

// f of a sum per slice, from pair to pair of packets; NaN, the same on every processor, for a sum that is NaN.
template <class S, class Slices, class F>
PairPerSlice<Slices> pairs(const Slices& slices, const F& f, const PerSlice<Total, Slices::cells>& totals) {
    using P = Packet<S>;
    const auto hi = slices.each([&](int cell) { return rounded<S>(totals.of[cell].value); });
    const auto lo = slices.each([&](int cell) {
        const Total& total = totals.of[cell];
        return S((total.value - double(hi.of[cell])) + total.rest);
    });
    PairPerSlice<Slices> result;
    for (int cell = 0; cell < Slices::packet_cells; cell += lanes<P>) {
        const P sum = load<P>(hi.of + cell);
        const Pair<P> value = f(Pair<P>{sum, load<P>(lo.of + cell)});
        store(result.hi.of + cell, or_nan(sum, value.hi));
        store(result.lo.of + cell, or_nan(sum, value.lo));
    }
    return result;
}

// Calls body(slices, offset of their first element) for rows or blocks of columns that together are the slices
// [first, last) along the middle axis of [outer, n, inner].
template <class S, class Body>
void for_slices(int64_t first, int64_t last, int64_t n, int64_t inner, const Body& body) {
    if (inner == 1) {
        for (int64_t row = first; row < last; ++row) {
            body(Row<S>(n), row * n);
        }
        return;
    }
    for (int64_t column = first; column < last;) {
        const int64_t in_row = column % inner;
        int64_t width = last - column < inner - in_row ? last - column : inner - in_row;
        width = width < Columns<S>::cells ? width : Columns<S>::cells;
        body(Columns<S>(n, inner, int(width)), column / inner * n * inner + in_row);
        column += width;
    }
}

}  // namespace

#endif
