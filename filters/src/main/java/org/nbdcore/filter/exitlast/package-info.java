/** The {@code exitlast} filter: stops the server when its last client leaves. */
package org.nbdcore.filter.exitlast;
