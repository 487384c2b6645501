/** Reads the files the command line works on: NumPy arrays and labelled data sets. */
package dev.rectifier.cli.data;
