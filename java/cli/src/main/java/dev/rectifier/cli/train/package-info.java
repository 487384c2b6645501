/** Trains one network on a table. */
package dev.rectifier.cli.train;
