package dev.rectifier.cli.quality;

import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.Span;

/**
 * Where weights come from: {@link Initializer#initialize(Shape, long, Span)} or what a test puts in
 * its place.
 */
@FunctionalInterface
interface Source {
    /** Writes elements {@code first} to {@code first + out.length()} of a tensor. */
    void draw(Initializer initializer, Shape shape, long first, Span out);
}
