// What functions along an axis are written in: a block of rows or of neighbouring columns, in the same terms and with
// the same bits. A number per slice is kept in a cell for each.
#ifndef RECTIFIER_ENGINE_SLICES_H
#define RECTIFIER_ENGINE_SLICES_H

#include <algorithm>
#include <array>
#include <iterator>
#include <new>
#include <utility>

#include "loop.h"
#include "sum.h"
#include "wide.h"

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
    return [f, last...](auto&&... elements) { return f(elements..., last...); };
}

// After how many terms the running sums of packets are added to those in double.
constexpr int64_t running_terms = 1024;

// The sum of packets in the order of add_in_halves.
template <int first, int step, int n, class P>
P sum_in_halves(const P (&packets)[n]) {
    if constexpr (2 * step > n) {
        return packets[first];
    } else {
        return add(sum_in_halves<first, 2 * step>(packets), sum_in_halves<first + step, 2 * step>(packets));
    }
}

// The sum of as many packets as have all lanes, in the order of total().
template <int packets>
double sum_of_lanes(const Wide (&sums)[packets]) {
    using Half = Wide::Half;
    Half half[2 * packets];
    unrolled<packets>([&](int i) {
        half[2 * i] = sums[i].low;
        half[2 * i + 1] = sums[i].high;
    });
    double lane[lanes<Half>];
    store(lane, sum_in_halves<0, 1>(half));
    add_in_halves<lanes<Half> / 2>([&](int i, int j) { lane[i] += lane[j]; });
    return lane[0];
}

// One packet of map_and_sum, whose last lanes may be none.
template <bool stores, class F, class Running, class S, class... P>
void map_some(const F& f, int count, S padding, S* destination, const S* source, Running& running, P... numbers) {
    using X = Packet<S>;
    const bool is_whole = count == lanes<X>;
    const X x = is_whole ? load<X>(source) : load_some_or<X>(source, count, padding);
    if constexpr (!stores) {
        f(x, running, numbers...);
    } else if (is_whole) {
        store(destination, f(x, running, numbers...));
    } else {
        store_some(destination, f(x, running, numbers...), count);
    }
}

// Up to 16 slices, one after the other, of n elements side by side in memory.
template <class S>
class Rows {
    using P = Packet<S>;
    const int64_t n;
    const int count;

  public:
    static constexpr int cells = 16;
    using Numbers = PerSlice<S, cells>;

    Rows(int64_t n, int count) : n(n), count(count) {}

    int64_t length() const { return n; }
    int size() const { return count; }

    // destination[i] = f(source[i], numbers...)
    template <class F, int... N>
    void map(const F& f, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        each_row([&]([[maybe_unused]] int row, int64_t at) {
            for_each(with_last(f, set<P>(numbers.of[row])...), n, destination + at, source + at);
        });
    }
    template <class F, int... N>
    void map(const F& f, S* destination, const S* a, const S* b, const PerSlice<S, N>&... numbers) const {
        each_row([&](int row, int64_t at) {
            for_each(with_last(f, set<P>(numbers.of[row])...), n, destination + at, a + at, b + at);
        });
    }

    // body(cell, place, sources[i]...) for all elements.
    template <class Body, class... Sources>
    void visit(const Body& body, const Sources*... sources) const {
        each_row([&](int row, int64_t at) { visit_run(body, row, n, (sources + at)...); });
    }

    // body(cell, place, f(source[i], numbers...)) for all elements.
    template <class Body, class F, int... N>
    void visit_mapped(const Body& body, const F& f, const S* source, const PerSlice<S, N>&... numbers) const {
        constexpr int64_t run = 16 * sum_lanes;
        S values[run];
        each_row([&](int row, int64_t at) {
            for (int64_t i = 0; i < n; i += run) {
                const int64_t m = n - i < run ? n - i : run;
                for_each(with_last(f, set<P>(numbers.of[row])...), m, values, source + at + i);
                visit_run(body, row, m, static_cast<const S*>(values));
            }
        });
    }

    // destination[i] = hi and body(cell, place, hi, lo) of the pair f(source[i], numbers...), for all elements.
    template <class Body, class F, int... N>
    void map_and_visit(
        const Body& body, const F& f, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        constexpr int64_t run = 16 * sum_lanes;
        S lost[run];
        each_row([&](int row, int64_t at) {
            for (int64_t i = 0; i < n; i += run) {
                const int64_t m = n - i < run ? n - i : run;
                S* to = destination + at + i;
                for_each_pair(with_last(f, set<P>(numbers.of[row])...), m, to, lost, source + at + i);
                visit_run(body, row, m, static_cast<const S*>(to), static_cast<const S*>(lost));
            }
        });
    }

    // What f(source[i], running, numbers...) adds to running sums of packets, for all elements; if it returns something
    // that is destination[i]. Where a packet has too few elements there is `padding`, which must add next to nothing.
    template <class Running, class F, int... N>
    std::array<PerSlice<Total, cells>, Running::sums> map_and_sum(
        const F& f, S padding, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        std::array<PerSlice<Total, cells>, Running::sums> totals = {};
        each_row([&](int row, int64_t at) {
            Wide sums[Running::sums][sum_lanes / lanes<P>];
            for (auto& parts : sums) {
                std::fill(std::begin(parts), std::end(parts), set<Wide>(0));
            }
            const auto g = with_last(f, set<P>(numbers.of[row])...);
            for (int64_t i = at, end = at + n; i < end; i += running_terms) {
                const int64_t m = end - i < running_terms ? end - i : running_terms;
                sum_run<Running>(sums, g, padding, m, destination + i, source + i);
            }
            for (size_t i = 0; i < Running::sums; ++i) {
                totals[i].of[row] = {sum_of_lanes(sums[i]), 0};
            }
        });
        return totals;
    }

    // f(cell) for every slice.
    template <class F>
    auto each(const F& f) const {
        PerSlice<decltype(f(0)), cells> result = {};
        for (int row = 0; row < count; ++row) {
            result.of[row] = f(row);
        }
        return result;
    }

    // A sum per slice.
    template <class T>
    class Sums {
        const int count;
        LaneSum<T> sum[cells];

      public:
        explicit Sums(const Rows& rows) : count(rows.count) {}

        template <class Term>
        void add(Place place, Term term) {
            sum[place.group].add(place.lane, term);
        }

        PerSlice<Total, cells> totals() {
            PerSlice<Total, cells> result = {};
            for (int row = 0; row < count; ++row) {
                result.of[row] = total(sum[row]);
            }
            return result;
        }
    };

    // The greatest of x[i], or something that isn't it if there is a NaN.
    Numbers greatest(const S* x) const {
        return each([=](int row) { return greatest_of(x + row * n, n); });
    }

    bool has_nan(int row, const S* x) const {
        int64_t i = row * n, end = i + n;
        while (i < end && element(x + i) == element(x + i)) {
            ++i;
        }
        return i < end;
    }

    // y[i] = 1 for the first i with x[i] == number, 0 for all others; or NaN for all if the number is.
    void one_hot(S* y, const S* x, const Numbers& number) const {
        each_row([&](int row, int64_t at) {
            const S sought = number.of[row];
            int64_t first = 0;
            while (first < n && element(x + at + first) != sought) {
                ++first;
            }
            const P others = set<P>(sought == sought ? S(0) : sought);
            for_each([others](P) { return others; }, n, y + at, y + at);
            if (first < n) {
                set_element(y + at + first, S(1));
            }
        });
    }

  private:
    template <class Body>
    void each_row(const Body& body) const {
        for (int row = 0; row < count; ++row) {
            body(row, row * n);
        }
    }

    template <class Body, class... Sources>
    static void visit_run(const Body& body, int row, int64_t m, const Sources*... sources) {
        int64_t i = 0;
        for (; i + sum_lanes <= m; i += sum_lanes) {
            RECTIFIER_LANES_APART
#pragma GCC unroll 1
            for (int lane = 0; lane < sum_lanes; ++lane) {
                body(row, Place{row, lane}, element(sources + i + lane)...);
            }
        }
        for (int lane = 0; i < m; ++i, ++lane) {
            body(row, Place{row, lane}, element(sources + i)...);
        }
    }

    template <class Running, class F>
    RECTIFIER_FLATTEN __attribute__((always_inline)) static void sum_run(
        Wide (*sums)[sum_lanes / lanes<P>], const F& f, S padding, int64_t m, S* destination, const S* source) {
        constexpr int width = lanes<P>, parts = sum_lanes / width, abreast = 4;
        static_assert(abreast % parts == 0, "each packet has its running sums");
        constexpr bool stores = !std::is_void_v<decltype(f(set<P>(0), std::declval<Running&>()))>;
        Running running[parts];
        for (Running& r : running) {
            r.clear();
        }
        int64_t i = 0;
        for (; i + abreast * width <= m; i += abreast * width) {
            const auto one = [&](int j) { return f(load<P>(source + i + j * width), running[j % parts]); };
            if constexpr (stores) {
                const P a = one(0), b = one(1), c = one(2), d = one(3);
                store(destination + i, a);
                store(destination + i + width, b);
                store(destination + i + 2 * width, c);
                store(destination + i + 3 * width, d);
            } else {
                one(0);
                one(1);
                one(2);
                one(3);
            }
        }
        for (int part = 0; i < m; i += width, part = (part + 1) % parts) {
            const int rest = m - i < width ? int(m - i) : width;
            map_some<stores>(f, rest, padding, destination + i, source + i, running[part]);
        }
        for (int part = 0; part < parts; ++part) {
            const auto terms = running[part].terms();
            for (size_t k = 0; k < Running::sums; ++k) {
                sums[k][part] = add(sums[k][part], terms[k]);
            }
        }
    }

    static S greatest_of(const S* x, int64_t n) {
        constexpr int width = lanes<P>;
        const auto loaded = [x](int64_t i) { return load<P>(x + i); };
        const auto one = [x](int64_t i) { return element(x + i); };
        S result = one(0);
        int64_t i = 0;
        if (n >= width) {
            P a = loaded(0), b = a, c = a, d = a;
            for (; i + 4 * width <= n; i += 4 * width) {
                a = at_least(a, loaded(i));
                b = at_least(b, loaded(i + width));
                c = at_least(c, loaded(i + 2 * width));
                d = at_least(d, loaded(i + 3 * width));
            }
            for (; i + width <= n; i += width) {
                a = at_least(a, loaded(i));
            }
            result = Eigen::internal::predux_max(at_least(at_least(a, b), at_least(c, d)));
        }
        for (; i < n; ++i) {
            result = one(i) > result ? one(i) : result;
        }
        return result;
    }
};

// Up to 64 slices, the next of which is 1 element further and their own elements `inner` apart.
template <class S>
class Columns {
    using P = Packet<S>;
    const int64_t n, inner;
    const int width;

  public:
    static constexpr int cells = 64;
    using Numbers = PerSlice<S, cells>;

    Columns(int64_t n, int64_t inner, int width) : n(n), inner(inner), width(width) {}

    int64_t length() const { return n; }
    int size() const { return width; }

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

    template <class Running, class F, int... N>
    std::array<PerSlice<Total, cells>, Running::sums> map_and_sum(
        const F& f, S padding, S* destination, const S* source, const PerSlice<S, N>&... numbers) const {
        constexpr int packets = cells / lanes<P>;
        const int used = int(n < sum_lanes ? n : sum_lanes);
        Wide sums[Running::sums][sum_lanes][packets];
        for (auto& sum : sums) {
            each_packet(used, [&](int lane, int packet) { sum[lane][packet] = set<Wide>(0); });
        }
        for (int64_t from = 0; from < n; from += running_terms) {
            const int64_t to = n - from < running_terms ? n : from + running_terms;
            Running running[sum_lanes][packets];
            each_packet(used, [&](int lane, int packet) { running[lane][packet].clear(); });
            for (int64_t i = from; i < to; ++i) {
                sum_cells(
                    running[i % sum_lanes], f, padding, destination + i * inner, source + i * inner, numbers.of...);
            }
            each_packet(used, [&](int lane, int packet) {
                const auto terms = running[lane][packet].terms();
                for (size_t i = 0; i < Running::sums; ++i) {
                    sums[i][lane][packet] = add(sums[i][lane][packet], terms[i]);
                }
            });
        }
        std::array<PerSlice<Total, cells>, Running::sums> totals;
        for (size_t i = 0; i < Running::sums; ++i) {
            add_in_halves([&](int a, int b) {
                for (int packet = 0; b < used && packet * lanes<P> < width; ++packet) {
                    sums[i][a][packet] = add(sums[i][a][packet], sums[i][b][packet]);
                }
            });
            double total[cells];
            each_packet(1, [&](int, int packet) {
                store(total + packet * lanes<P>, sums[i][0][packet].low);
                store(total + packet * lanes<P> + lanes<P> / 2, sums[i][0][packet].high);
            });
            totals[i] = each([&](int cell) { return Total{total[cell], 0}; });
        }
        return totals;
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

        [[gnu::noinline]] PerSlice<Total, cells> totals() {
            add_in_halves([&](int i, int j) {
                for (int group = 0; group < groups && j < lanes; ++group) {
                    add_lanes(sum[i * groups + group], sum[j * groups + group]);
                }
            });
            PerSlice<Total, cells> result;
            for (int group = 0; group < groups; ++group) {
                for (int lane = 0; lane < sum_lanes; ++lane) {
                    result.of[group * sum_lanes + lane] = sum[group].total(lane);
                }
            }
            return result;
        }
    };

    Numbers greatest(const S* x) const {
        Numbers result = each([&](int cell) { return element(x + cell); });
        visit([&](int cell, Place, S v) { result.of[cell] = v > result.of[cell] ? v : result.of[cell]; }, x);
        return result;
    }

    bool has_nan(int cell, const S* x) const {
        int64_t i = 0;
        while (i < n && element(x + i * inner + cell) == element(x + i * inner + cell)) {
            ++i;
        }
        return i < n;
    }

    void one_hot(S* y, const S* x, const Numbers& number) const {
        bool found[cells] = {};
        for (int64_t i = 0; i < n; ++i) {
            for (int cell = 0; cell < width; ++cell) {
                const S sought = number.of[cell];
                const bool is_first = !found[cell] && element(x + i * inner + cell) == sought;
                set_element(y + i * inner + cell, is_first ? S(1) : sought == sought ? S(0) : sought);
                found[cell] = found[cell] || is_first;
            }
        }
    }

  private:
    int groups() const { return (width + sum_lanes - 1) / sum_lanes; }

    // body(lane, packet) for the packets of each of so many lanes.
    template <class Body>
    void each_packet(int used, const Body& body) const {
        for (int lane = 0; lane < used; ++lane) {
            for (int packet = 0; packet * lanes<P> < width; ++packet) {
                body(lane, packet);
            }
        }
    }

    template <class Running, class F, class... Numbers>
    RECTIFIER_FLATTEN void sum_cells(
        Running* running, const F& f, S padding, S* destination, const S* source, const Numbers*... numbers) const {
        constexpr bool stores = !std::is_void_v<decltype(f(set<P>(0), *running, load<P>(numbers)...))>;
        for (int first = 0; first < width; first += lanes<P>) {
            const int count = width - first < lanes<P> ? width - first : lanes<P>;
            map_some<stores>(f, count, padding, destination + first, source + first, running[first / lanes<P>],
                load<P>(numbers + first)...);
        }
    }

    template <class Body, class... Sources>
    void visit_cells(const Body& body, int64_t i, const Sources*... sources) const {
        int group = int(i % sum_lanes) * groups(), first = 0;
        // The constant number of turns makes vector code of it. GCC unrolls it before that, and then finds worse.
        for (; first + sum_lanes <= width; first += sum_lanes, ++group) {
            RECTIFIER_LANES_APART
#pragma GCC unroll 1
            for (int lane = 0; lane < sum_lanes; ++lane) {
                body(first + lane, Place{group, lane}, element(sources + first + lane)...);
            }
        }
        for (int lane = 0; first + lane < width; ++lane) {
            body(first + lane, Place{group, lane}, element(sources + first + lane)...);
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

// Sums per slice as pairs, and 0 where there are no slices.
template <class S, class Slices>
[[gnu::noinline]] PairPerSlice<Slices> pairs_of(const Slices& slices, const PerSlice<Total, Slices::cells>& totals) {
    const auto hi = slices.each([&](int cell) { return rounded<S>(totals.of[cell].value); });
    const auto lo = slices.each([&](int cell) {
        const Total& total = totals.of[cell];
        return S((total.value - double(hi.of[cell])) + total.rest);
    });
    return {hi, lo};
}

// f of a sum per slice, from pair to pair of packets; NaN, the same on every processor, for a sum that is NaN.
template <class S, class Slices, class F>
PairPerSlice<Slices> pairs(const Slices& slices, const F& f, const PerSlice<Total, Slices::cells>& totals) {
    using P = Packet<S>;
    const auto sums = pairs_of<S>(slices, totals);
    PairPerSlice<Slices> result = {};
    for (int cell = 0; cell < slices.size(); cell += lanes<P>) {
        const P sum = load<P>(sums.hi.of + cell);
        const Pair<P> value = f(Pair<P>{sum, load<P>(sums.lo.of + cell)});
        store(result.hi.of + cell, or_nan(sum, value.hi));
        store(result.lo.of + cell, or_nan(sum, value.lo));
    }
    return result;
}

// Calls body(slices, offset of their first element) for blocks of rows or of columns that together are the slices
// [first, last) along the middle axis of [outer, n, inner].
template <class S, class Body>
void for_slices(int64_t first, int64_t last, int64_t n, int64_t inner, int most_rows, const Body& body) {
    if (inner == 1) {
        // What is read again is still in the nearest cache.
        constexpr int64_t most_elements = 4096;
        const int64_t in_cache = n < most_elements ? most_elements / n : 1;
        const int64_t abreast = in_cache < most_rows ? in_cache : most_rows;
        for (int64_t row = first; row < last; row += abreast) {
            body(Rows<S>(n, int(last - row < abreast ? last - row : abreast)), row * n);
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
