import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { KanbandError } from "../../errors.ts";
import { openRepository, type Repository } from "../../git/repository.ts";
import type { InitResult } from "./inline.ts";
