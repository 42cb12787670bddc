package org.nbdcore.filter.nofilter;

import org.nbdcore.spi.Filter;

/** Does nothing; what a filter costs at least. */
final class NofilterFilter implements Filter {}
