package dev.rectifier.binding;

import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.lang.ref.Reference;

/** Where the elements of spans are, as {@link ForeignCalls} takes them. */
final class Place {
    private Place() {}

    /** The array that a span on the heap is in; null for one off-heap. */
    static Object array(Span span) {
        return span.isHeap() ? span.owner() : null;
    }

    /** Where a span begins, in bytes from the start of its array, or its address. */
    static long place(Span span, Backend backend) {
        return span.isHeap() ? span.offset() * span.dtype().bytes() : span.address(backend);
    }

    /** Whether it is in an array or off-heap for good, and not in a buffer that hides its array. */
    static boolean areTogether(Backend backend, Span a) {
        return a.isHeap() || a.isSteady(backend);
    }

    /** Whether all are in arrays, or all off-heap for good. */
    static boolean areTogether(Backend backend, Span a, Span b) {
        return a.isHeap() ? b.isHeap() : a.isSteady(backend) && b.isSteady(backend);
    }

    static boolean areTogether(Backend backend, Span a, Span b, Span c) {
        return areTogether(backend, a, b) && areTogether(backend, a, c);
    }

    static boolean areTogether(Backend backend, Span a, Span b, Span c, Span d) {
        return areTogether(backend, a, b, c) && areTogether(backend, a, d);
    }

    static boolean areTogether(Backend backend, Span a, Span b, Span c, Span d, Span e) {
        return areTogether(backend, a, b, c) && areTogether(backend, a, d, e);
    }

    /** The native library knew only addresses; the memory behind them must outlive its call. */
    static void keep(Span a) {
        Reference.reachabilityFence(a);
    }

    static void keep(Span a, Span b) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
    }

    static void keep(Span a, Span b, Span c) {
        keep(a, b);
        Reference.reachabilityFence(c);
    }

    static void keep(Span a, Span b, Span c, Span d) {
        keep(a, b);
        keep(c, d);
    }

    static void keep(Span a, Span b, Span c, Span d, Span e) {
        keep(a, b, c);
        keep(d, e);
    }
}
