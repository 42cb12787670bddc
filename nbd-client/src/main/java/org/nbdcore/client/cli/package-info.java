/** The commands nbd-info and nbd-copy: options in, text out, exit status. */
package org.nbdcore.client.cli;
