/** Every table of the sample. The compiler checks that none is missing. */
import type { TableName } from '../shop.ts';
import type { SampleTable } from '../table.ts';
import { cartItems, carts, events, reviews, wishes } from './activity.ts';
import {
  categories,
  coupons,
  helpPages,
  inventory,
  priceHistory,
  productMedia,
  products,
  settings,
  stockMovements,
  warehouses,
} from './catalog.ts';
import { orderItems, orderNotes, orders, payments, returnedItems } from './orders.ts';
import { addresses, currencies, customers, departments, employees, sessions } from './people.ts';

export const SAMPLE_TABLES: Readonly<Record<TableName, SampleTable>> = {
  currencies,
  settings,
  help_pages: helpPages,
  warehouses,
  categories,
  departments,
  employees,
  customers,
  addresses,
  products,
  product_media: productMedia,
  price_history: priceHistory,
  inventory,
  stock_movements: stockMovements,
  coupons,
  orders,
  order_items: orderItems,
  payments,
  'order notes': orderNotes,
  returned_items: returnedItems,
  carts,
  cart_items: cartItems,
  sessions,
  wishes,
  reviews,
  events,
};
