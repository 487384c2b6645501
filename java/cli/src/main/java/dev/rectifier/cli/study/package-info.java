/**
 * The study: the same network trained with many activations and initializers, and what came of it.
 */
package dev.rectifier.cli.study;
