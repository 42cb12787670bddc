/** Parameters of plugins and filters, and the server's own settings. */
package org.nbdcore.cli.config;
