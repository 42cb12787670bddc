/** The {@code fua} filter: changes how writes are made durable. */
package org.nbdcore.filter.fua;
