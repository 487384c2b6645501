/** Pictures of functions of one variable and their derivatives, as text and as SVG. */
package dev.rectifier.report.plot;
