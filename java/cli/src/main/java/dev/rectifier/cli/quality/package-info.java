/** Statistical tests of the initializers: whether they draw from the distributions they promise. */
package dev.rectifier.cli.quality;
