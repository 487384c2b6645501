/** What pages with tables and plots are made of. */
package dev.rectifier.report;
