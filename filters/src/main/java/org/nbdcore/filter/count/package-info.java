/** The {@code count} filter: counts the bytes that are read, written, zeroed and trimmed. */
package org.nbdcore.filter.count;
