/** The {@code fua} filter: change what flush and force unit access do. */
package org.nbdcore.filter.fua;
