/**
 * The command line. It loads Log4j, JNA and Commons Configuration only when they are needed, so
 * that {@code --version} and {@code --help} are fast.
 */
package org.nbdcore.cli;
