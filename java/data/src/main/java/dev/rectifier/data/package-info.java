/** Reads and writes the files that programs work on: NumPy arrays and labelled data sets. */
package dev.rectifier.data;
