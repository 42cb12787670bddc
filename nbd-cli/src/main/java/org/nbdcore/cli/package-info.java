/**
 * The command line. Nothing here loads Log4j, JNA or Commons Configuration before it is needed:
 * {@code --version} and {@code --help} answer at once.
 */
package org.nbdcore.cli;
