/** The {@code count} filter: count the bytes that are read, written, zeroed and trimmed. */
package org.nbdcore.filter.count;
