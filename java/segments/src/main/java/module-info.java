/** Memory segments, Java's own off-heap memory, as what activations and initializers work on. */
module dev.rectifier.segments {
    requires transitive dev.rectifier;

    exports dev.rectifier.segments;
}
